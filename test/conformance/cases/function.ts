/** Functions of one number: in float32 over every magnitude and at every special value, in int8 as tables. */
import type { Attributes, Numerics } from "../../../host/core/model.js";
import { UNARY } from "../../../host/core/unary.js";
import { type Case, float32, int8, Random, singleNode } from "../case.js";

const random = new Random(61);

/** Where one form of a function takes over from another, neighbours included, and what float32 has at its ends. */
const SPECIAL = [
  ...[0, 0.5, 0.49999997, 1, 0.99999994, 1.0000001, 1.4142134, 1.4142137, 0.70710677, 1.5, 2, 2.5, 3, 4, 5.5],
  ...[10, 16.7, 17.4, 87.3, 88.72284, 89, 103.9, 104, 105, 8388607.5, 8388608, 16777217, 1e10, 3.4e38, Infinity],
  ...[1e-45, 1e-40, 1.1754944e-38, 1e-20, 1e-8, 1e-4, 0.01, 0.1],
].flatMap((x) => [x, -x]);

function floatCase(op: string, attributes: Attributes, id: string, data: Float32Array<ArrayBuffer>): Case {
  const text = Object.entries(attributes).map(([key, value]) => `${key}=${value},`);
  const model = singleNode(op, [float32("input", [data.length])], [float32("output", [])], attributes);
  return { id: `f32_${op}(${text.join("")}${id})`, model, inputs: [data] };
}

/** Any float32. */
function anyBits(count: number): Float32Array<ArrayBuffer> {
  return new Float32Array(Int32Array.from({ length: count }, () => random.int(-(2 ** 31), 2 ** 31 - 1)).buffer);
}

function* float(op: string, attributes: Attributes): Generator<Case> {
  yield floatCase(op, attributes, "special", Float32Array.from([...SPECIAL, Number.NaN]));
  yield floatCase(op, attributes, "random", random.float32s(1999, -12, 12));
  yield floatCase(op, attributes, "small", random.float32s(501, -0.7, 0.7));
  yield floatCase(op, attributes, "bits", anyBits(1500));
}

/** Ordinary, ties, both ends of the zero points, saturating, flat. */
const PARAMS = [
  { sx: 0.05, zx: -3, sy: 0.047, zy: 9 },
  { sx: 0.05, zx: -3, sy: 0.05, zy: -3 },
  { sx: 2 ** -5, zx: 1, sy: 2 ** -4, zy: 0 },
  { sx: 0.25, zx: 127, sy: 0.5, zy: -128 },
  { sx: 0.03, zx: -128, sy: 0.02, zy: 127 },
  { sx: 1, zx: 0, sy: 0.0085, zy: 20 },
  { sx: 0.01, zx: 0, sy: 2, zy: -20 },
];

function* quantized(op: string, attributes: Attributes, numerics: Numerics): Generator<Case> {
  const values = Int8Array.from({ length: 300 }, (_, i) => (i < 256 ? i - 128 : random.int(-128, 127)));
  for (const { sx, zx, sy, zy } of PARAMS) {
    const text = Object.entries({ ...attributes, sx, zx, sy, zy }).map(([key, value]) => `${key}=${value}`);
    yield {
      id: `qs8_${op}(${numerics},${text.join(",")})`,
      model: singleNode(op, [int8("input", [300], sx, zx)], [int8("output", [], sy, zy)], attributes, numerics),
      inputs: [values],
    };
  }
}

export function* functionCases(): Generator<Case> {
  for (const name of UNARY) {
    yield* float("unary", { function: name });
    for (const numerics of ["tflite", "onnx"] as const) yield* quantized("unary", { function: name }, numerics);
  }
  for (const n of [1, 2, 3, 4, 5, 7, 1023, 1024, 1025]) {
    yield floatCase("unary", { function: "abs" }, `n=${n}`, random.float32s(n));
    yield floatCase("unary", { function: "exp" }, `n=${n}`, random.float32s(n));
  }
  for (const alpha of [1, 1.6732632, -0.5, 0, 3.4e38]) yield* float("elu", { alpha });
  for (const numerics of ["xnnpack", "tflite", "onnx"] as const) yield* quantized("elu", { alpha: 1 }, numerics);
  for (const attributes of [
    { alpha: 0.2, beta: 0.5 },
    { alpha: 1 / 6, beta: 0.5 },
    { alpha: -3, beta: 0 },
  ]) {
    yield* float("hard_sigmoid", attributes);
    yield* quantized("hard_sigmoid", attributes, "onnx");
  }
  for (const attributes of [
    { min: -0.3, max: 2.5 },
    { min: 0, max: 3.4e38 },
    { min: -3.4e38, max: -1 },
    { min: -3.4e38, max: 3.4e38 },
    { min: 1, max: 1 },
  ]) {
    yield* float("clip", attributes);
    yield* quantized("clip", attributes, "onnx");
  }
}
