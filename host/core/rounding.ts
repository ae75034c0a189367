import { QuantizationError } from "./errors.js";

/**
 * The roundings and the two fixed-point multiplications of docs/quantization.md, exact for every argument.
 * Only operations whose results IEEE 754 and ECMAScript fix bit by bit are used.
 */

/** Nearest integer, ties to even. What lrintf, f32x4.nearest and adding 1.5 · 2^23 compute. */
export function roundHalfEven(x: number): number {
  // Doubles have 52 fraction bits: adding 2^52 leaves no room for a fraction and rounds it away, ties to even.
  if (x >= 0) return x < 2 ** 52 ? x + 2 ** 52 - 2 ** 52 : x;
  return x > -(2 ** 52) ? x - 2 ** 52 + 2 ** 52 : x;
}

/** Nearest integer, ties away from zero: C's round. */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/** Nearest integer, ties toward +∞. What adding half and an arithmetic right shift compute. */
export function roundHalfUp(x: number): number {
  const below = Math.floor(x);
  return x - below >= 0.5 ? below + 1 : below;
}

export function clamp(x: number, min: number, max: number): number {
  return Math.min(Math.max(x, min), max);
}

/** A real factor as fixed point: multiplier · 2^(shift − 31), |multiplier| in [2^30, 2^31], or 0 and 0. */
export interface QuantizedMultiplier {
  readonly multiplier: number;
  /** Positive shifts left. */
  readonly shift: number;
}

const bits = new DataView(new ArrayBuffer(8));

/** x = fraction · 2^exponent with |fraction| in [0.5, 1), for finite x; 0 gives 0 and 0. */
export function splitExponent(x: number): { fraction: number; exponent: number } {
  if (x === 0) return { fraction: 0, exponent: 0 };
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  if (biased === 0) {
    // Subnormal: scale it into the normal range first.
    const { fraction, exponent } = splitExponent(x * 2 ** 64);
    return { fraction, exponent: exponent - 64 };
  }
  bits.setUint32(0, (high & 0x800fffff) | (1022 << 20));
  return { fraction: bits.getFloat64(0), exponent: biased - 1022 };
}

/**
 * The fixed-point form of a real factor, eq. (7). Factors below 2^−32 become 0, as in TFLite; those of 2^30 and more,
 * which TFLite's arithmetic has no result for, are refused.
 */
export function quantizeMultiplier(factor: number): QuantizedMultiplier {
  let { fraction, exponent: shift } = splitExponent(factor);
  let multiplier = roundHalfAway(fraction * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier = 2 ** 30;
    shift++;
  }
  // Of NaN and infinities, too, the exponent is large.
  if (shift > 30) throw new QuantizationError(`rescales by ${factor}; fixed-point factors are below 2^30`);
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift };
}

/** ⌊(x · multiplier + 2^30) / 2^31⌋: the doubling high product, ties toward +∞. Exact for all int32 arguments. */
export function doublingHighProduct(x: number, multiplier: number): number {
  // multiplier = high · 2^16 + low, so that every product and sum below stays an exact integer under 2^53.
  const high = multiplier >> 16;
  const low = multiplier & 0xffff;
  const carry = Math.floor((x * low + 2 ** 30) / 2 ** 16);
  return Math.floor((x * high + carry) / 2 ** 15);
}

/** x / 2^exponent for int32 x and exponent in 0…31, ties away from zero. */
export function roundingDivideByPowerOfTwo(x: number, exponent: number): number {
  return roundHalfAway(x / 2 ** exponent);
}

/**
 * x · multiplier · 2^(shift − 31), rounded twice, eq. (8): the high product with ties toward +∞, then the right shift
 * with ties away from zero. TFLite's MultiplyByQuantizedMultiplier, gemmlowp's output stage. `x` is an int32, shift is
 * in −31…30; a left shift happens first and wraps in int32.
 */
export function multiplyByQuantizedMultiplier(x: number, multiplier: number, shift: number): number {
  const shifted = shift > 0 ? Math.imul(x, 1 << shift) : x;
  const product = doublingHighProduct(shifted, multiplier);
  return shift < 0 ? roundingDivideByPowerOfTwo(product, -shift) : product;
}

/**
 * x · multiplier · 2^(shift − 31), rounded once, ties toward +∞, eq. (9): ruy's output stage. `x` is an int32, shift is
 * in −31…30, and the result is meant to fit into int32; it wraps otherwise.
 */
export function multiplyByQuantizedMultiplierSingle(x: number, multiplier: number, shift: number): number {
  const right = 31 - shift;
  if (right < 17) {
    // Left shifts by 15 and more: no exact split into doubles, and no real model needs them to be quick.
    const product = BigInt(x) * BigInt(multiplier) + (1n << BigInt(right - 1));
    return Number(BigInt.asIntN(32, product >> BigInt(right)));
  }
  const high = multiplier >> 16;
  const low = multiplier & 0xffff;
  const half = 2 ** (right - 17);
  const carry = Math.floor((x * low) / 2 ** 16);
  return Math.floor((x * high + carry + half) / 2 ** (right - 16)) | 0;
}
