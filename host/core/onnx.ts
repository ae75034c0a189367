/**
 * ONNX Runtime's arithmetic of quantized element-wise ops, means and softmax: that of its portable code, which WebAssembly
 * builds run. Real numbers are made of stored ones, and results quantized, in float32. Numbers in parentheses are equations
 * of docs/quantization.md.
 */
import { QuantizationError } from "./errors.js";
import { exp } from "./exp.js";
import { logWide } from "./log.js";
import { MAX_FLOAT } from "./quantization.js";
import type { Affine } from "./requantize.js";
import { clamp, roundHalfEven } from "./rounding.js";

const f = Math.fround;

/** Stored values of int8 and uint8 differ from a zero point by at most this. */
const STEPS = 255;

/** Throws unless the sum of `count` values that are each at most 255 steps of a scale is a float32. */
function requireFinite(scales: readonly number[], count = 1): void {
  const largest = scales.reduce((sum, scale) => f(sum + f(STEPS * scale)), 0);
  if (largest * count <= MAX_FLOAT) return;
  throw new QuantizationError(`input scales ${scales.join(", ")} are too large: what they stand for exceeds float32`);
}

/** (28) for one value. */
export function realOf(q: number, { scale, zeroPoint }: Affine): number {
  return f((q - zeroPoint) * scale);
}

/** (27) in "onnx", not yet clamped. NaN, which is undefined there, becomes real 0. */
export function quantizedOf(x: number, { scale, zeroPoint }: Affine): number {
  const steps = f(x / scale);
  return Number.isNaN(steps) ? zeroPoint : roundHalfEven(steps) + zeroPoint;
}

/** (101): `v` in units of the output. The zero point is added before rounding, for `unsigned` that of uint8. */
export function roundedSum(v: number, zeroPoint: number, unsigned: boolean): number {
  const shift = unsigned ? 128 : 0;
  const zero = zeroPoint + shift;
  return roundHalfEven(f(clamp(v, shift - 128 - zero, shift + 127 - zero) + zero)) - shift;
}

/** An int8 result of two int8 values: (102), (103), (104). */
export function onnxPair(
  op: "add" | "sub" | "mul",
  [a, b, y]: readonly [Affine, Affine, Affine],
  unsigned: boolean,
): (p: number, q: number) => number {
  const units = (real: number) => f(real / y.scale);
  switch (op) {
    case "add":
      return (p, q) => roundedSum(units(f(realOf(p, a) + realOf(q, b))), y.zeroPoint, unsigned);
    case "mul":
      return (p, q) => roundedSum(units(f(realOf(p, a) * realOf(q, b))), y.zeroPoint, unsigned);
    case "sub":
      return (p, q) => quantizedOf(f(realOf(p, a) - realOf(q, b)), y);
  }
}

/** Throws where an operand, or a sum of both, is no float32. */
export function checkOnnxSum(a: Affine, b: Affine): void {
  requireFinite([a.scale, b.scale]);
}

/** Throws where an operand is no float32; a product may be infinite, and is clamped. */
export function checkOnnxProduct(a: Affine, b: Affine): void {
  requireFinite([a.scale]);
  requireFinite([b.scale]);
}

/** (105) f(s_x / f(s_y · n)): what the sum of n values is multiplied with. */
export function onnxMeanScale(input: Affine, output: Affine, count: number): number {
  const scale = f(input.scale / f(output.scale * f(count)));
  if (f(f(STEPS * count) * scale) < Infinity) return scale;
  throw new QuantizationError(`scales ${input.scale}, ${output.scale} are too far apart: rescaling exceeds float32`);
}

/** Throws where the sum of (106) is no float32. */
export function checkOnnxAverage(input: Affine, count: number): void {
  requireFinite([input.scale], count);
}

/** (107): weights of the differences to the maximum, entry 255 − (max − x) that of x, for rows of `length`. */
export function onnxSoftmaxTable(inputScale: number, length: number): Float32Array {
  const table = new Float32Array(256);
  const room = Math.max(0, logWide(f(LARGEST_FLOAT / length)) - 5) / inputScale;
  // exp is for ±700; float32 has long reached 0 there, and nothing is above 84.
  for (let i = 0; i < 256; i++) table[i] = exp(Math.max((i - 255 + room) * inputScale, -700));
  return table;
}

/** (2 − 2^−23) · 2^127 */
const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** (107) ⌊f(1 / s_y)⌋: steps of the output that make 1. */
export function onnxSoftmaxSteps(outputScale: number): number {
  return Math.floor(f(1 / outputScale));
}
