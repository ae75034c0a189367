/** Sums, differences and products: sizes around vectors and tiles, every kind of broadcast, both arithmetics, float32. */
import type { Numerics, TensorType } from "../../../host/core/model.js";
import { ACTIVATIONS, type Activation } from "../../../host/core/op.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, constant, float32, int8, Random, singleNode } from "../case.js";

type Op = "add" | "sub" | "mul";
const OPS: readonly Op[] = ["add", "sub", "mul"];
const ARITHMETICS: readonly Numerics[] = ["xnnpack", "tflite", "onnx"];
const SIZES = [1, 3, 15, 16, 17, 31, 255, 256, 257, 1023, 1024, 1025, 2050];

/** Shapes of the inputs: rows with and without remainders, rows longer than a tile, every collapse of axes. */
export const BROADCASTS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[2, 3, 5, 17], []],
  [[1], [1030]],
  [[2, 3, 5, 17], [17]],
  [
    [5, 1],
    [2, 3, 5, 17],
  ],
  [
    [2, 3, 5, 16],
    [3, 1, 16],
  ],
  [
    [2, 1, 1, 15],
    [2, 4, 3, 15],
  ],
  [
    [2, 3, 5, 1],
    [2, 3, 5, 33],
  ],
  [
    [3, 1, 5],
    [1, 4, 1],
  ],
  [
    [4, 1],
    [1, 6],
  ],
  [
    [2, 1, 3, 1, 2, 1],
    [1, 4, 1, 2, 1, 5],
  ],
  [
    [1, 2, 1, 3, 1, 5],
    [3, 1, 2, 1, 3, 1],
  ],
  [
    [3, 1, 1500],
    [1, 2, 1500],
  ],
  [
    [2, 1],
    [2, 2049],
  ],
];

interface Edge {
  readonly op: Op;
  readonly numerics?: Numerics;
  readonly a?: readonly number[];
  readonly b?: readonly number[];
  readonly sa?: number;
  readonly sb?: number;
  readonly sy?: number;
  readonly za?: number;
  readonly zb?: number;
  readonly zy?: number;
  readonly activation?: Activation;
  readonly unsigned?: boolean;
  readonly constantB?: boolean;
}

const random = new Random(31);

function edgeCase(edge: Edge): Case {
  const { op, a = [67], b = a, za = 5, zb = -11, zy = 3, numerics = "xnnpack" } = edge;
  const { sa = 0.043, sb = 0.021, sy = op === "mul" ? 0.11 : 0.047, activation = "none", unsigned = false } = edge;
  const left = int8("a", a, sa, za);
  const right = int8("b", b, sb, zb);
  const data = [left, right].map((type) => random.int8s(elementCount(type.shape)));
  const parameters = Object.entries(edge).filter(([key]) => key !== "op" && key !== "numerics");
  const text = parameters.map(([key, value]) => `,${key}=${Array.isArray(value) ? value.join("x") : value}`).join("");
  return {
    id: `qs8_v${op}(${numerics}${text})`,
    model: singleNode(
      op,
      [left, edge.constantB ? constant(right, data[1]!) : right],
      [int8("output", [], sy, zy)],
      { activation, unsigned },
      numerics,
    ),
    inputs: edge.constantB ? data.slice(0, 1) : data,
  };
}

function* quantizedEdges(op: Op, numerics: Numerics): Generator<Edge> {
  for (const size of numerics === "tflite" ? [1, 17, 1025] : SIZES) yield { op, numerics, a: [size] };
  for (const [a, b] of BROADCASTS) yield { op, numerics, a, b };
  for (const [a, b] of BROADCASTS.slice(0, 5)) yield { op, numerics, a: b, b: a };
  yield { op, numerics, constantB: true };
  yield { op, numerics, a: [3, 40], b: [40], constantB: true };
  for (const za of [-128, 127]) {
    for (const zb of [-128, 127]) for (const zy of [-128, 127]) yield { op, numerics, za, zb, zy };
  }
  // Powers of two: every other result is a tie.
  yield { op, numerics, sa: 2 ** -5, sb: 2 ** -5, sy: 2 ** -4 };
  yield { op, numerics, sa: 2 ** -3, sb: 2 ** -4, sy: 2 ** -1, za: 0, zb: 0, zy: 0 };
  yield { op, numerics, sa: 2 ** -4, sb: 2 ** -6, sy: 2 ** -2, zy: 1 };
  // Saturating, and the ends of the range of ratios.
  yield { op, numerics, sa: 0.9, sb: 0.8, sy: 0.01 };
  yield { op, numerics, sa: 255.9, sb: 255.9, sy: 1, za: 127, zb: op === "sub" ? -128 : 127 };
  yield { op, numerics, sa: 255.9, sb: 2 ** -10, sy: 1, za: -128 };
  yield { op, numerics, sa: 2 ** -10, sb: 2 ** -10, sy: 1 };
  yield { op, numerics, sa: 2 ** -10, sb: 1.5 * 2 ** -10, sy: 1, za: 127, zb: 127 };
  for (const activation of ACTIVATIONS) {
    for (const unsigned of [false, true]) {
      yield { op, numerics, activation, unsigned };
      yield { op, numerics, activation, unsigned, sy: 2 ** -6, zy: -128 };
      yield { op, numerics, activation, unsigned, sy: 6 / 17.5, zy: 100 };
    }
  }
}

/** Ratios that XNNPACK does not take. */
function* unusualRatios(op: Op): Generator<Edge> {
  for (const numerics of ["tflite", "onnx"] as const) {
    yield { op, numerics, sa: 1e-6, sb: 1, sy: 1 };
    yield { op, numerics, sa: 1e-6, sb: 2e-6, sy: 1e-3, zy: -100 };
    yield { op, numerics, sa: 3000, sb: 2500, sy: 0.5 };
    yield { op, numerics, sa: 1, sb: 0.7, sy: 1e-6 };
  }
  // Just below a factor of 2^30.
  yield { op, numerics: "tflite", sa: 1, sb: 0.7, sy: op === "mul" ? 7e-10 : 2.5e-15 };
}

const SPECIAL = [0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 1e-45, -1e-45, 3.4e38, -3.4e38, 6, 5.9999995, 1e-38];

function floatCase(op: Op, a: readonly number[], b: readonly number[], activation: Activation, special: boolean): Case {
  const types = [float32("a", a), float32("b", b)];
  const values = (type: TensorType, i: number) => {
    const count = elementCount(type.shape);
    if (!special) return random.float32s(count, -8, 8);
    // Every pair of special values meets.
    return Float32Array.from({ length: count }, (_, k) => SPECIAL[(i ? Math.floor(k / 14) : k) % 14]!);
  };
  return {
    id: `f32_v${op}(a=${a.join("x")},b=${b.join("x")},activation=${activation}${special ? ",special" : ""})`,
    model: singleNode(op, types, [float32("output", [])], { activation, unsigned: false }),
    inputs: types.map(values),
  };
}

function selfCase(op: Op): Case {
  const same = { ...int8("input", [37], 0.05, -3) };
  const { model } = edgeCase({ op, a: [37] });
  const node = { ...model.nodes[0]!, inputs: [0, 0], outputs: [1] };
  const data = random.int8s(37);
  return {
    id: `qs8_v${op}(a=b)`,
    model: {
      ...model,
      tensors: [same, model.tensors[2]!],
      nodes: [node],
      inputs: [0],
      outputs: [1],
      preprocessing: [],
    },
    inputs: [data],
  };
}

export function* elementwiseCases(): Generator<Case> {
  for (const op of OPS) {
    for (const numerics of ARITHMETICS) for (const edge of quantizedEdges(op, numerics)) yield edgeCase(edge);
    for (const edge of unusualRatios(op)) yield edgeCase(edge);
    yield selfCase(op);
    for (const n of [1, 3, 4, 5, 255, 1024, 1026]) yield floatCase(op, [n], [n], "none", false);
    for (const [a, b] of BROADCASTS) {
      yield floatCase(op, a, b, "none", false);
      yield floatCase(op, b, a, "none", false);
    }
    for (const activation of ACTIVATIONS) {
      yield floatCase(op, [301], [301], activation, false);
      yield floatCase(op, [14 * 14], [14 * 14], activation, true);
      yield floatCase(op, [14, 14], [14, 1], activation, true);
    }
  }
}
