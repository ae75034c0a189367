/**
 * Float32 to integer, ties to even, for any argument: NaN gives 0, and what int16 cannot hold gives something it cannot
 * hold either, on the same side, so that saturating afterwards is right.
 *
 * Adding 1.5 · 2^23 leaves the rounded value in the low bits of the sum for |x| < 2^22; beyond, the sum's bits keep
 * their order.
 */

const MAGIC: f32 = 12582912.0;
const MAGIC_BITS: i32 = 0x4b400000;

/** −2^15 − 1. Bits below these, those of negative sums among them, count as these, and cannot wrap afterwards. */
const LOWEST_BITS: i32 = MAGIC_BITS - 0x8001;

// @ts-ignore: decorator
@inline
export function roundLanes(x: v128): v128 {
  return roundNumbers(v128.and(x, f32x4.eq(x, x)));
}

/** The same where nothing is NaN. */
// @ts-ignore: decorator
@inline
export function roundNumbers(x: v128): v128 {
  const bits = i32x4.max_s(f32x4.add(x, f32x4.splat(MAGIC)), i32x4.splat(LOWEST_BITS));
  return i32x4.sub(bits, i32x4.splat(MAGIC_BITS));
}

/** clamp(rne(x) + zeroPoint, −128, 127); NaN gives the zero point. */
// @ts-ignore: decorator
@inline
export function roundAndClamp(x: f32, zeroPoint: i32): i32 {
  const bits = select<i32>(reinterpret<i32>(x + MAGIC), MAGIC_BITS, x == x);
  return min(max(max(bits, LOWEST_BITS) - MAGIC_BITS + zeroPoint, -128), 127);
}
