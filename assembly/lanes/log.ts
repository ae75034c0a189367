import { ARTANH, horner, hornerLanes, NEAR } from "./horner";

/**
 * host/core/log.ts, eqs. (51) and (52), operation for operation: ln in float64 from a quotient and a short series.
 * `table` is that of lanes/horner.
 */

/** Bits of √½. */
const SPLIT: i64 = 0x3fe6a09e667f3bcd;
const LN2: f64 = 0.6931471805599453;

/** 2 artanh(s), |s| ≤ 1/3. */
export function twiceArtanh(s: f64, table: usize): f64 {
  return (s + s) * horner(s * s, table + ARTANH, table + NEAR);
}

export function logWide(x: f64, table: usize): f64 {
  if (x < 0) return NaN;
  if (x == 0) return -Infinity;
  if (!(x < Infinity)) return x;
  const bits = reinterpret<i64>(x);
  const k = (bits - SPLIT) >> 52;
  const z = reinterpret<f64>(bits - (k << 52));
  return <f64>k * LN2 + twiceArtanh((z - 1) / (z + 1), table);
}

/** Two at a time. */
export function twiceArtanhLanes(s: v128, table: usize): v128 {
  return f64x2.mul(f64x2.add(s, s), hornerLanes(f64x2.mul(s, s), table + ARTANH, table + NEAR));
}

export function logWideLanes(x: v128, table: usize): v128 {
  const k = i64x2.shr_s(i64x2.sub(x, i64x2.splat(SPLIT)), 52);
  const z = i64x2.sub(x, i64x2.shl(k, 52));
  const one = f64x2.splat(1);
  const exponent = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(k, k, 0, 2, 0, 2));
  const rest = twiceArtanhLanes(f64x2.div(f64x2.sub(z, one), f64x2.add(z, one)), table);
  const y = f64x2.add(f64x2.mul(exponent, f64x2.splat(LN2)), rest);
  const zero = f64x2.splat(0);
  const infinity = f64x2.splat(Infinity);
  // ∞ and NaN stay what they are; −∞ · 0 is NaN.
  const above = v128.bitselect(y, x, f64x2.lt(x, infinity));
  const below = v128.bitselect(f64x2.mul(infinity, zero), f64x2.neg(infinity), f64x2.lt(x, zero));
  return v128.bitselect(below, above, f64x2.le(x, zero));
}
