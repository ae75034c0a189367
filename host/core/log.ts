/**
 * The logarithm and what is made of it, from additions, multiplications and divisions alone, as in exp.ts: in double,
 * rounded to float32 once.
 *
 * ln(1 + u) = 2 artanh(s), s = u / (2 + u), and artanh is a short series for |s| ≤ 1/3.
 */
import { expWide, horner } from "./exp.js";

/** Bits of √½: mantissas end there, so that ln of them is small on both sides. */
const SPLIT = 0x3fe6a09e667f3bcdn;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the bits matter, and Math.LN2 may have others
const LN2 = 0.6931471805599453;

const bits = new DataView(new ArrayBuffer(8));

/** 1/21, 1/19, …, 1/3, 1. */
export const ARTANH: readonly number[] = Array.from({ length: 11 }, (_, i) => 1 / (21 - 2 * i));

/** 2 artanh(s) for |s| ≤ 1/3: 2s (1 + s²/3 + s⁴/5 + … + s²⁰/21); the rest is below 2^−39. Eq. (51). */
function twiceArtanh(s: number): number {
  return (s + s) * horner(ARTANH, s * s);
}

/**
 * ln x as a double with a relative error below 2^−48 for x = 0 or 2^−1022 ≤ x ≤ ∞; below 0 NaN. x = 2^k · z with √½ ≤ z < √2.
 * Eq. (52).
 */
export function logWide(x: number): number {
  if (x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x < Number.POSITIVE_INFINITY)) return x;
  bits.setFloat64(0, x);
  const word = bits.getBigInt64(0);
  const k = (word - SPLIT) >> 52n;
  bits.setBigInt64(0, word - (k << 52n));
  const z = bits.getFloat64(0);
  return Number(k) * LN2 + twiceArtanh((z - 1) / (z + 1));
}

/** ln in float32. */
export function logf(x: number): number {
  return Math.fround(logWide(x));
}

/** ln(1 + exp(x)) in float32: the part above 0 and what is left of exp(−|x|). Eq. (53). */
export function softplusf(x: number): number {
  const e = expWide(-Math.abs(x));
  return Math.fround((x > 0 ? x : 0) + twiceArtanh(e / (e + 2)));
}

/**
 * x^y in float32 = exp(y ln |x|), with the sign of x for odd y; NaN for a finite x < 0 unless y is whole. Eq. (54). x^0,
 * 1^y and (−1)^±∞ are 1, as IEEE 754 has it (and ECMAScript has not).
 */
export function powf(x: number, y: number): number {
  if (y === 0 || x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  const size = Math.fround(expWide(y * logWide(Math.abs(x))));
  if (x > 0 || Object.is(x, 0)) return size;
  if (Math.floor(y) !== y) return x === 0 || x === Number.NEGATIVE_INFINITY ? size : Number.NaN;
  return Math.floor(y * 0.5) * 2 === y ? size : -size;
}
