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

/**
 * The same arithmetic where rounding and saturating conversion are one instruction each and a constant costs two (ARM):
 * 16 accumulators to int8. `zeroPoint` is in lanes of int16, the clamps are in lanes of int8.
 */
// @ts-ignore: decorator
@inline
export function requantizeRow(
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  scale: usize,
  zeroPoint: v128,
  lower: v128,
  upper: v128,
): v128 {
  const low = requantizePair(s0, s1, scale, zeroPoint);
  const high = requantizePair(s2, s3, scale + 32, zeroPoint);
  return i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(low, high), lower), upper);
}

/** Eight of them, to both halves of the result. */
// @ts-ignore: decorator
@inline
export function requantizeHalfRow(
  s0: v128,
  s1: v128,
  scale: usize,
  zeroPoint: v128,
  lower: v128,
  upper: v128,
): v128 {
  const q = requantizePair(s0, s1, scale, zeroPoint);
  return i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(q, q), lower), upper);
}

// @ts-ignore: decorator
@inline
function requantizePair(s0: v128, s1: v128, scale: usize, zeroPoint: v128): v128 {
  const q = i16x8.narrow_i32x4_s(nearestInteger(s0, v128.load(scale)), nearestInteger(s1, v128.load(scale, 16)));
  return i16x8.add_sat_s(q, zeroPoint);
}

// @ts-ignore: decorator
@inline
function nearestInteger(acc: v128, scale: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(acc), scale)));
}

/** The same for one accumulator, clamped on both sides. In integers: V8 makes branches of float minimum and maximum. */
// @ts-ignore: decorator
@inline
export function requantizeOne(acc: i32, scale: f32, zeroPoint: i32, clampMin: i32, clampMax: i32): i32 {
  const bits = max(reinterpret<i32>(<f32>acc * scale + MAGIC), MAGIC_BITS + clampMin - zeroPoint);
  return min(bits - (MAGIC_BITS - zeroPoint), clampMax);
}
