/** Quotients, extrema, powers and prelu: every kind of broadcast from either side, every pair of special values. */
import type { Attributes } from "../../../host/core/model.js";
import { elementCount } from "../../../host/core/shape.js";
import { type Case, constant, float32, int8, isRunnable, Random, singleNode } from "../case.js";
import { BROADCASTS } from "./elementwise.js";

const random = new Random(67);

type Shape = readonly number[];
type Op = readonly [op: string, attributes: Attributes];

const FLOAT: readonly Op[] = [
  ["div", { activation: "none" }],
  ["div", { activation: "relu6" }],
  ["maximum", {}],
  ["minimum", {}],
  ["squared_difference", {}],
  ["pow", {}],
];

const SPECIAL = [
  ...[0, 1, 2, 3, 0.5, 0.33333334, 4, 16777216, 16777217, 1e30, 3.4e38, Infinity, 1e-45, 1e-30, 0.99999994, 1.0000001],
].flatMap((x) => [x, -x]);
const VALUES = [...SPECIAL, Number.NaN];

function floatCase([op, attributes]: Op, a: Shape, b: Shape, data?: readonly Float32Array<ArrayBuffer>[]): Case {
  const text = Object.values(attributes).map((value) => `,${value}`);
  const types = [float32("a", a), float32("b", b)];
  return {
    id: `f32_${op}(a=${a.join("x")},b=${b.join("x")}${text.join("")}${data ? ",special" : ""})`,
    model: singleNode(op, types, [float32("output", [])], attributes),
    inputs: data ?? types.map(({ shape }) => random.float32s(elementCount(shape), -8, 8)),
  };
}

interface Prelu {
  readonly x?: Shape;
  readonly slope?: Shape;
  readonly sx?: number;
  readonly ss?: number;
  readonly sy?: number;
  readonly zx?: number;
  readonly zs?: number;
  readonly zy?: number;
}

function preluCase(edge: Prelu): Case {
  const { x = [3, 67], slope = [67], sx = 0.043, ss = 0.009, sy = 0.04, zx = 5, zs = -11, zy = 3 } = edge;
  const text = Object.entries(edge).map(([key, value]) => `${key}=${Array.isArray(value) ? value.join("x") : value}`);
  const values = random.int8s(elementCount(slope));
  return {
    id: `qs8_prelu(${text.join(",")})`,
    model: singleNode(
      "prelu",
      [int8("x", x, sx, zx), constant(int8("slope", slope, ss, zs), values)],
      [int8("y", [], sy, zy)],
      {},
      "tflite",
    ),
    inputs: [random.int8s(elementCount(x))],
  };
}

function* prelus(): Generator<Case> {
  for (const [x, slope] of [
    [[1, 3, 4, 5], [5]],
    [
      [1, 3, 4, 5],
      [1, 1, 1, 5],
    ],
    [[2, 2, 3, 16], []],
    [
      [2, 3, 5],
      [3, 1],
    ],
    [[1500], [1500]],
    [
      [2, 1030],
      [2, 1],
    ],
    [
      [3, 4, 5],
      [3, 4, 5],
    ],
  ] as const) {
    yield floatCase(["prelu", {}], x, slope);
    yield preluCase({ x, slope });
  }
  yield floatCase(
    ["prelu", {}],
    [VALUES.length, VALUES.length],
    [VALUES.length, 1],
    [every((i) => i), Float32Array.from(VALUES)],
  );
  const edges: readonly Prelu[] = [
    ...[-128, 127].flatMap((zx) => [-128, 127].map((zy) => ({ zx, zy }))),
    { zs: 127 },
    { sx: 2 ** -4, ss: 2 ** -3, sy: 2 ** -4 },
    { sx: 2 ** -2, ss: 2 ** -5, sy: 2 ** -1, zx: 0, zs: 0, zy: 0 },
    { sx: 0.9, ss: 0.5, sy: 0.01 },
    { sx: 1e-6, sy: 1e-3, zy: -100 },
    { sx: 3000, sy: 0.5 },
  ];
  for (const edge of edges) yield preluCase(edge);
}

/** Every pair of the special values. */
function every(pick: (i: number, j: number) => number): Float32Array<ArrayBuffer> {
  const n = VALUES.length;
  return Float32Array.from({ length: n * n }, (_, at) => VALUES[pick(at % n, Math.floor(at / n))]!);
}

/** Stored values are compared, so all tensors share scale and zero point. */
function* extrema(op: string): Generator<Case> {
  for (const [a, b] of [...BROADCASTS, [[67], [67]] as const]) {
    for (const [left, right] of [
      [a, b],
      [b, a],
    ] as const) {
      const types = [int8("a", left, 0.1, 7), int8("b", right, 0.1, 7)];
      yield {
        id: `s8_${op}(a=${left.join("x")},b=${right.join("x")})`,
        model: singleNode(op, types, [int8("output", [], 0.1, 7)], {}),
        inputs: types.map(({ shape }) => random.int8s(elementCount(shape))),
      };
    }
  }
}

export function* binaryCases(): Generator<Case> {
  for (const op of FLOAT) {
    for (const n of [1, 3, 4, 5, 1024, 1026]) yield floatCase(op, [n], [n]);
    for (const [a, b] of BROADCASTS) {
      yield floatCase(op, a, b);
      yield floatCase(op, b, a);
    }
    const n = VALUES.length;
    yield floatCase(op, [n * n], [n * n], [every((i) => i), every((_, j) => j)]);
    yield floatCase(op, [n, n], [n, 1], [every((i) => i), Float32Array.from(VALUES)]);
    yield floatCase(op, [n, 1], [n, n], [Float32Array.from(VALUES), every((i) => i)]);
  }
  for (const op of ["maximum", "minimum"]) yield* extrema(op);
  for (const testCase of prelus()) if (isRunnable(testCase)) yield testCase;
}
