/** Between float32, int8 and uint8, and between parameters. */
import type { Numerics, TensorType } from "../../../host/core/model.js";
import { type Case, float32, isRunnable, Random, singleNode } from "../case.js";

type Byte = "int8" | "uint8";
const BYTES: readonly Byte[] = ["int8", "uint8"];
const ARITHMETICS: readonly Numerics[] = ["xnnpack", "tflite", "onnx"];
const SIZES = [1, 3, 4, 5, 15, 16, 17, 31, 33, 1023, 1024, 1025, 2050];
const random = new Random(59);

/** `zeroPoint` as if the type were int8. */
function byteType(dtype: Byte, name: string, shape: readonly number[], scale: number, zeroPoint: number): TensorType {
  const shifted = dtype === "uint8" ? zeroPoint + 128 : zeroPoint;
  return { name, dtype, shape, quantization: { scale: [Math.fround(scale)], zeroPoint: shifted } };
}

/** At least every value once if there is room. */
function byteValues(dtype: Byte, n: number): Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
  const values = Int8Array.from({ length: n }, (_, i) => (n >= 256 && i < 256 ? i - 128 : random.int(-128, 127)));
  return dtype === "int8" ? values : new Uint8Array(values.buffer);
}

/** Halves, their neighbours, and what no int8 holds. */
const SPECIAL = [
  0,
  -0,
  0.5,
  -0.5,
  1.5,
  2.5,
  -1.5,
  -2.5,
  0.49999997,
  0.50000006,
  -0.49999997,
  126.5,
  127.5,
  -127.5,
  -128.5,
  254.5,
  255.5,
  1e9,
  -1e9,
  4194304,
  -4194304,
  8388608,
  12582912,
  -12582912,
  -12582911,
  -12582913,
  16777216,
  -25165824,
  2147483648,
  -2147483648,
  3.4e38,
  -3.4e38,
  Infinity,
  -Infinity,
  Number.NaN,
  1e-45,
  -1e-45,
  32767.5,
  32768.5,
  -32768.5,
  -32769.5,
];

function quantizeCase(
  dtype: Byte,
  numerics: Numerics | "reference",
  id: string,
  data: Float32Array<ArrayBuffer>,
  scale: number,
  zeroPoint: number,
): Case {
  const input = float32("input", [data.length]);
  const [profile, attributes] =
    numerics === "reference" ? (["tflite", { kernels: numerics }] as const) : [numerics, {}];
  return {
    id: `f32_${dtype === "int8" ? "qs8" : "qu8"}_vcvt(${numerics},${id},s=${scale},z=${zeroPoint})`,
    model: singleNode("quantize", [input], [byteType(dtype, "output", [], scale, zeroPoint)], attributes, profile),
    inputs: [data],
  };
}

function* quantizations(): Generator<Case> {
  for (const numerics of [...ARITHMETICS, "reference" as const]) {
    for (const n of SIZES) yield quantizeCase("int8", numerics, `n=${n}`, random.float32s(n, -9, 9), 0.06, -7);
    for (const dtype of BYTES) {
      for (const zeroPoint of [-128, -1, 0, 127]) {
        for (const scale of [1, 2 ** -3, 0.1]) {
          // There and back, so that the vectors and what is left behind them see most of it.
          const values = Float32Array.from([...SPECIAL, ...SPECIAL.toReversed(), Number.NaN], (x) => x * scale);
          yield quantizeCase(dtype, numerics, "special", values, scale, zeroPoint);
        }
      }
      // Every tie there is, and the float32 on both sides of it.
      const ties = Array.from({ length: 256 }, (_, i) => i - 127.5).flatMap((x) => [
        x,
        x * (1 + 2 ** -23),
        x * (1 - 2 ** -24),
      ]);
      yield quantizeCase(dtype, numerics, "ties", Float32Array.from(ties), 1, 0);
      yield quantizeCase(
        dtype,
        numerics,
        "near_ties",
        Float32Array.from(ties, (x) => x * 0.3),
        0.3,
        -1,
      );
      yield quantizeCase(dtype, numerics, "wide", random.float32s(333, -1e6, 1e6), 0.02, 3);
    }
  }
}

function* dequantizations(): Generator<Case> {
  for (const dtype of BYTES) {
    const name = dtype === "int8" ? "qs8" : "qu8";
    const make = (n: number, scale: number, zeroPoint: number): Case => ({
      id: `${name}_f32_vcvt(n=${n},s=${scale},z=${zeroPoint})`,
      model: singleNode("dequantize", [byteType(dtype, "input", [n], scale, zeroPoint)], [float32("output", [])], {}),
      inputs: [byteValues(dtype, n)],
    });
    for (const n of SIZES) yield make(n, 0.0173, 5);
    for (const zeroPoint of [-128, 0, 127])
      for (const scale of [1, 0.1, 3e-38, 1e37]) yield make(256, scale, zeroPoint);
  }
}

/** Scales and int8 zero points: equal, to uint8's place, ordinary, ties, saturating, a factor of exactly 128. */
const RESCALES = [
  { sx: 0.05, zx: -3, sy: 0.05, zy: -3 },
  { sx: 0.05, zx: -3, sy: 0.05, zy: 4 },
  { sx: 0.05, zx: -3, sy: 0.031, zy: 9 },
  { sx: 2 ** -4, zx: 0, sy: 2 ** -3, zy: 0 },
  { sx: 2 ** -4, zx: -128, sy: 2 ** -2, zy: 127 },
  { sx: 1, zx: 127, sy: 2 ** -7, zy: -128 },
  { sx: 1, zx: 5, sy: 100, zy: 0 },
  { sx: 1, zx: 5, sy: 1e-3, zy: 0 },
];

function* requantizations(): Generator<Case> {
  const make = (
    n: number,
    from: Byte,
    to: Byte,
    { sx, zx, sy, zy }: (typeof RESCALES)[0],
    numerics: Numerics,
  ): Case => ({
    id: `requantize(${numerics},${from}->${to},n=${n},sx=${sx},zx=${zx},sy=${sy},zy=${zy})`,
    model: singleNode(
      "requantize",
      [byteType(from, "input", [n], sx, zx)],
      [byteType(to, "output", [], sy, zy)],
      { arithmetic: "profile" },
      numerics,
    ),
    inputs: [byteValues(from, n)],
  });
  for (const numerics of ARITHMETICS) {
    for (const from of BYTES) {
      for (const to of BYTES) yield* RESCALES.map((params) => make(300, from, to, params, numerics)).filter(isRunnable);
      for (const n of SIZES) yield make(n, from, "uint8", RESCALES[0]!, numerics);
      for (const n of SIZES) yield make(n, from, "int8", RESCALES[2]!, numerics);
    }
  }
  for (const params of RESCALES) {
    const { model, inputs } = make(300, "int8", "int8", params, "tflite");
    const nodes = [{ ...model.nodes[0]!, attributes: { arithmetic: "concatenation" } }];
    const text = Object.entries(params).map(([key, value]) => `${key}=${value}`);
    yield { id: `requantize(concatenation,${text.join(",")})`, model: { ...model, nodes }, inputs };
  }
}

export function* quantizeCases(): Generator<Case> {
  yield* quantizations();
  yield* dequantizations();
  yield* requantizations();
}
