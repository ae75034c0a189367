import { QuantizationError } from "../core/errors.js";
import { isNormal, type QuantizationParams } from "../core/quantization.js";
import { clamp, roundHalfEven, splitExponent } from "../core/rounding.js";

/** Real values that shall be representable; it contains 0. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** How a range becomes scale and zero point. */
export interface Scheme {
  readonly symmetric: boolean;
  readonly powerOfTwo: boolean;
}

const STEPS = 255;
/** Steps on either side of zero where the zero point is 0. −128 is not used, so that both sides are alike. */
const HALF_STEPS = 127;

/** `range` widened so that it contains 0: real 0 has to be a stored value, because padding and relu produce it. */
export function aroundZero({ min, max }: Range): Range {
  return { min: Math.min(min, 0), max: Math.max(max, 0) };
}

/**
 * Parameters of an int8 activation whose values lie in `range`:
 *
 *     asymmetric: s = (max − min) / 255, z = rne(−128 − min / s)        (Q1)
 *     symmetric:  s = max(−min, max) / 127, z = 0                       (Q2)
 *     power of two: s of (Q2) rounded up to the next 2^k, z = 0         (Q3)
 *
 * @throws QuantizationError when the scale is no normal float32: the range is empty, tiny or enormous
 */
export function activationParams(range: Range, { symmetric, powerOfTwo }: Scheme): QuantizationParams {
  const { min, max } = aroundZero(range);
  const isSymmetric = symmetric || powerOfTwo;
  const exact = isSymmetric ? Math.max(-min, max) / HALF_STEPS : (max - min) / STEPS;
  const scale = powerOfTwo ? nextPowerOfTwo(exact) : Math.fround(exact);
  if (!isNormal(scale)) throw new QuantizationError(`range ${min} to ${max} has no scale in float32`);
  const zeroPoint = isSymmetric ? 0 : clamp(roundHalfEven(-128 - min / scale), -128, 127) + 0;
  return { scale: [scale], zeroPoint };
}

/** The smallest 2^k that is at least `x`, for x > 0; 0 for 0. */
export function nextPowerOfTwo(x: number): number {
  const { fraction, exponent } = splitExponent(x);
  if (x === 0) return 0;
  return fraction === 0.5 ? x : 2 ** exponent;
}
