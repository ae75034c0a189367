/**
 * host/core/exp.ts `expWide`, eq. (38), operation for operation: exp in float64 with a relative error below 2^−33, the
 * argument clamped to ±104. `powers` is float64[32], 2^(i/32). NaN stays NaN.
 */

/** 32 / ln 2. */
const STEPS: f64 = 46.16624130844683;
/** 1.5 · 2^52: the sum's low bits are the rounded argument. */
const MAGIC: f64 = 6755399441055744;
const C3: f64 = 1.6938359250920212e-6;
const C2: f64 = 0.00023459809789509004;
const C1: f64 = 0.021660849396613134;
const LIMIT: f64 = 104;

// @ts-ignore: decorator
@inline
export function expWide(x: f64, powers: usize): f64 {
  const z = (x < -LIMIT ? -LIMIT : x > LIMIT ? LIMIT : x) * STEPS;
  const sum = z + MAGIC;
  const k = reinterpret<i64>(sum);
  const r = z - (sum - MAGIC);
  // The table's entry times 2^(k >> 5).
  const power = reinterpret<f64>(load<i64>(powers + ((<usize>k & 31) << 3)) + ((k >> 5) << 52));
  return ((C3 * r + C2) * (r * r) + (C1 * r + 1)) * power;
}

/** Two at a time. */
// @ts-ignore: decorator
@inline
export function expWideLanes(x: v128, powers: usize): v128 {
  const clamped = f64x2.pmin(f64x2.pmax(x, f64x2.splat(-LIMIT)), f64x2.splat(LIMIT));
  const z = f64x2.mul(clamped, f64x2.splat(STEPS));
  const magic = f64x2.splat(MAGIC);
  const k = f64x2.add(z, magic);
  const r = f64x2.sub(z, f64x2.sub(k, magic));
  const entry0 = powers + ((i32x4.extract_lane(k, 0) & 31) << 3);
  const entry1 = powers + ((i32x4.extract_lane(k, 2) & 31) << 3);
  const entries = v128.load64_lane(entry1, v128.load64_zero(entry0), 1);
  const power = i64x2.add(entries, i64x2.shl(i64x2.shr_u(k, 5), 52));
  const cubic = f64x2.add(f64x2.mul(f64x2.splat(C3), r), f64x2.splat(C2));
  const line = f64x2.add(f64x2.mul(f64x2.splat(C1), r), f64x2.splat(1));
  return f64x2.mul(f64x2.add(f64x2.mul(cubic, f64x2.mul(r, r)), line), power);
}
