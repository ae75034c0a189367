import type { Numerics } from "./model.js";
import { type Activation, activationRange } from "./op.js";
import { perTensor, type QuantizationParams } from "./quantization.js";
import { clamp, roundHalfAway, roundHalfEven } from "./rounding.js";

export interface ClampRange {
  readonly min: number;
  readonly max: number;
}

const f = Math.fround;

/**
 * The range of a fused activation in units of the output, eq. (10) for "xnnpack", (11) for "tflite" and (100) for "onnx". Only
 * "tflite" is there for `bits` other than 8.
 */
export function clampRange(
  activation: Activation,
  quantization: QuantizationParams | undefined,
  numerics: Numerics,
  unsigned: boolean,
  bits = 8,
): ClampRange {
  const { scale, zeroPoint } = perTensor(quantization, "the output of a fused activation");
  const real = activationRange(activation);
  if (numerics === "xnnpack") {
    const bound = (value: number) => xnnpackBound(value, scale, zeroPoint, unsigned);
    return { min: bound(real.min), max: bound(real.max) };
  }
  const round = numerics === "onnx" ? roundHalfEven : roundHalfAway;
  const bound = (value: number) => clamp(zeroPoint + round(f(value / scale)), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
  return { min: bound(real.min), max: bound(real.max) };
}

/**
 * Here the zero point is added before rounding. Float32 has fewer fraction bits left beside a larger zero point, so the
 * shift of uint8 to int8 can move a bound by one where value / scale is within 2^−17 of a half without being one; hence
 * `unsigned` computes with the uint8 zero point. (11) and (100) add integers only and need no such care.
 */
function xnnpackBound(value: number, scale: number, zeroPoint: number, unsigned: boolean): number {
  const shift = unsigned ? 128 : 0;
  const bound = f(f(value / scale) + (zeroPoint + shift));
  return roundHalfEven(clamp(bound, shift - 128, shift + 127)) - shift;
}

/**
 * A float32 activation, `min` and `max` as `activationRange` has them, (42). NaN stays NaN and −0 stays −0: Wasm's
 * pmax(x, min), then pmin.
 */
export function clampFloat(x: number, min: number, max: number): number {
  if (x < min) return min;
  if (x > max) return max;
  return x;
}
