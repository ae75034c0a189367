/**
 * int32 accumulators → int8: clamp(zeroPoint + roundHalfEven(f32(acc) · scale)), docs/quantization.md.
 *
 * The rounding comes from adding 1.5·2^23: the sum's mantissa is the rounded value, ties to even, for every
 * |v| < 2^22; beyond that the bits stay monotonic, so the clamps still give the right end of the range.
 */

/** 1.5 · 2^23, and its bits. */
const MAGIC: f32 = 12582912.0;
const MAGIC_BITS: i32 = 0x4b400000;

/** Lower clamp and offset for `requantizeLanes`; make them after the depth loop, they cost registers. */
// @ts-ignore: decorator
@inline
export function lowerBound(clampMin: i32, zeroPoint: i32): v128 {
  return i32x4.splat(MAGIC_BITS + clampMin - zeroPoint);
}

// @ts-ignore: decorator
@inline
export function roundingOffset(zeroPoint: i32): v128 {
  return i32x4.splat(MAGIC_BITS - zeroPoint);
}

/** Four accumulators to int32 values ≥ clampMin; the caller narrows and applies clampMax. */
// @ts-ignore: decorator
@inline
export function requantizeLanes(acc: v128, scale: v128, lower: v128, offset: v128): v128 {
  const scaled = f32x4.mul(f32x4.convert_i32x4_s(acc), scale);
  return i32x4.sub(i32x4.max_s(f32x4.add(scaled, f32x4.splat(MAGIC)), lower), offset);
}

/** The same for one accumulator, clamped on both sides. In integers: V8 makes branches of float minimum and maximum. */
// @ts-ignore: decorator
@inline
export function requantizeOne(acc: i32, scale: f32, zeroPoint: i32, clampMin: i32, clampMax: i32): i32 {
  const bits = max(reinterpret<i32>(<f32>acc * scale + MAGIC), MAGIC_BITS + clampMin - zeroPoint);
  return min(bits - (MAGIC_BITS - zeroPoint), clampMax);
}
