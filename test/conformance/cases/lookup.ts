/** Ops of one input: as tables, as clamps, as 8-bit rescaling, and in float32. Every int8 value meets every table. */
import type { Attributes, Numerics } from "../../../host/core/model.js";
import { type Case, float32, int8, isRunnable, Random, singleNode } from "../case.js";

interface Params {
  readonly sx: number;
  readonly zx: number;
  readonly sy: number;
  readonly zy: number;
}

/** Ordinary, equal, ties, zero points at both ends, saturating, flat. */
const PARAMS: readonly Params[] = [
  { sx: 0.05, zx: -3, sy: 0.047, zy: 9 },
  { sx: 0.05, zx: -3, sy: 0.05, zy: -3 },
  { sx: 0.0236, zx: -128, sy: 0.0236, zy: -128 },
  { sx: 2 ** -5, zx: 1, sy: 2 ** -4, zy: 0 },
  { sx: 2 ** -4, zx: -128, sy: 2 ** -4, zy: 127 },
  { sx: 0.25, zx: 127, sy: 0.5, zy: -128 },
  { sx: 1, zx: 0, sy: 0.0085, zy: 20 },
  { sx: 0.01, zx: 0, sy: 2, zy: -20 },
];
const SIZES = [1, 3, 7, 8, 9, 15, 16, 17, 31, 255, 1023, 1025, 2049];

const random = new Random(47);

/** At least every int8 value once. */
function allValues(length: number): Int8Array<ArrayBuffer> {
  return Int8Array.from({ length }, (_, i) => (i < 256 ? i - 128 : random.int(-128, 127)));
}

function quantizedCase(op: string, n: number, params: Params, numerics: Numerics, attributes: Attributes): Case {
  const { sx, zx, sy, zy } = params;
  const text = Object.entries({ ...params, ...attributes }).map(([key, value]) => `${key}=${value}`);
  return {
    id: `qs8_${op}(${numerics},n=${n},${text.join(",")})`,
    model: singleNode(op, [int8("input", [n], sx, zx)], [int8("output", [], sy, zy)], attributes, numerics),
    inputs: [n < 256 ? random.int8s(n) : allValues(n)],
  };
}

function* quantized(op: string, profiles: readonly Numerics[], variants: readonly Attributes[]): Generator<Case> {
  for (const numerics of profiles) {
    for (const attributes of variants) {
      yield* PARAMS.map((params) => quantizedCase(op, 300, params, numerics, attributes)).filter(isRunnable);
    }
    for (const n of SIZES) yield quantizedCase(op, n, PARAMS[0]!, numerics, variants[0]!);
  }
}

const SPECIAL = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  0.49999997,
  -0.49999997,
  3,
  -3,
  6,
  -6,
  6.0000005,
  9,
  -9,
  17,
  -17,
  88.72284,
  -88.72284,
  89,
  -89,
  -103.97,
  -104,
  104,
  105,
  -105,
  1e-45,
  -1e-45,
  1e-8,
  -1e-8,
  3.4e38,
  -3.4e38,
  Infinity,
  -Infinity,
  Number.NaN,
];

function floatCase(op: string, id: string, data: Float32Array<ArrayBuffer>, attributes: Attributes): Case {
  const text = Object.entries(attributes).map(([key, value]) => `,${key}=${value}`);
  const model = singleNode(op, [float32("input", [data.length])], [float32("output", [])], attributes);
  return { id: `f32_${op}(${id}${text.join("")})`, model, inputs: [data] };
}

function* float(op: string, variants: readonly Attributes[]): Generator<Case> {
  for (const attributes of variants) {
    yield floatCase(op, "special", Float32Array.from(SPECIAL), attributes);
    yield floatCase(op, "random", random.float32s(999, -8, 8), attributes);
    yield floatCase(op, "wide", random.float32s(999, -120, 120), attributes);
    yield floatCase(op, "small", random.float32s(301, -0.6, 0.6), attributes);
  }
  for (const n of [1, 2, 3, 4, 5, 7, 1023, 1024, 1025]) {
    yield floatCase(op, `n=${n}`, random.float32s(n, -8, 8), variants[0]!);
  }
}

const RELUS = ["relu", "relu6", "relu_n1_to_1"].map((activation) => ({ activation }));
/** Among them factors of exactly 128 and 0, and one that only "tflite" takes: it does not fit into 16 bits. */
const ALPHAS = [0.1, 0.01, 0, 1, -0.7, 1.5, 127, 128, 40000].map((alpha) => ({ alpha }));
const SIGNS = [false, true].map((unsigned) => ({ unsigned }));

export function* lookupCases(): Generator<Case> {
  yield* quantized("relu", ["tflite", "onnx"], RELUS);
  yield* quantized("leaky_relu", ["xnnpack", "tflite", "onnx"], ALPHAS);
  yield quantizedCase("leaky_relu", 300, { sx: 128, zx: 3, sy: 1, zy: 0 }, "xnnpack", { alpha: 1 });
  yield quantizedCase("leaky_relu", 300, { sx: 128, zx: -128, sy: 1, zy: 127 }, "xnnpack", { alpha: -0.999 });
  yield* quantized("hard_swish", ["tflite", "onnx"], [{}]);
  yield* quantized("logistic", ["xnnpack", "tflite", "onnx"], SIGNS);
  yield* quantized("tanh", ["xnnpack", "tflite", "onnx"], SIGNS);
  yield* float("relu", RELUS);
  yield* float("leaky_relu", ALPHAS.slice(0, 6));
  yield* float("hard_swish", [{}]);
  yield* float("logistic", [{ unsigned: false }]);
  yield* float("tanh", [{ unsigned: false }]);
  const micro = { unsigned: false, kernels: "micro" } as const;
  for (const op of ["logistic", "tanh"]) yield* quantized(op, ["tflite"], [micro]);
  const negative = ALPHAS.filter(({ alpha }) => alpha < 0).map((attributes) => ({
    ...attributes,
    kernels: "reference",
  }));
  yield* quantized("leaky_relu", ["tflite"], negative);
}
