/**
 * ONNX Runtime's arithmetic: that of its portable code, which WebAssembly builds run. Real numbers are made of stored ones, and
 * results quantized, in float32. Here is what ops verify their scales by; onnx-pairs.ts and onnx-softmax.ts have more. Numbers
 * in parentheses are equations of docs/quantization.md.
 */
import { QuantizationError } from "./errors.js";
import { MAX_FLOAT } from "./quantization.js";
import type { Affine } from "./requantize.js";
import { roundHalfEven } from "./rounding.js";

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
