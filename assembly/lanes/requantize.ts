/**
 * int32 accumulators → int8: clamp(zeroPoint + roundHalfEven(f32(acc) · scale)), docs/quantization.md.
 *
 * The rounding comes from adding 1.5·2^23: the sum's mantissa is the rounded value, ties to even, for every
 * |v| < 2^22; beyond that the bits stay monotonic, so the clamps still give the right end of the range.
 */

/** 1.5 · 2^23, and its bits. */
const MAGIC: f32 = 12582912.0;
const MAGIC_BITS: i32 = 0x4b400000;

/** V8 makes a constant vector anew at each use, in three instructions; this is one load. */
const MAGIC_LANES: usize = memory.data<f32>([MAGIC, MAGIC, MAGIC, MAGIC], 16);

// @ts-ignore: decorator
@inline
function magicLanes(): v128 {
  return v128.load(MAGIC_LANES);
}

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
  return i32x4.sub(i32x4.max_s(f32x4.add(scaled, magicLanes()), lower), offset);
}

/**
 * The range of an output, ready for lanes, lies behind the scales of every panel or block: a load with an immediate offset
 * where it is used costs less than a register that holds it, or an address.
 *
 *   int32[4] bits of 1.5 · 2^23 less the zero point | int8[16] lowest | int8[16] highest
 */
export const RANGE_BYTES: usize = 48;

/**
 * Eight accumulators to int16, plus the zero point, with saturation; `offset` is the first 16 bytes of the range. Only right
 * where f32(acc) · scale > −1.5 · 2^23, which the host makes sure of: below, the sum with the magic number is negative and
 * its bits are out of order.
 */
// @ts-ignore: decorator
@inline
export function requantizeEight(s0: v128, s1: v128, scale0: v128, scale1: v128, offset: v128): v128 {
  const v0 = f32x4.mul(f32x4.convert_i32x4_s(s0), scale0);
  const v1 = f32x4.mul(f32x4.convert_i32x4_s(s1), scale1);
  const magic = magicLanes();
  return i16x8.narrow_i32x4_s(i32x4.sub(f32x4.add(v0, magic), offset), i32x4.sub(f32x4.add(v1, magic), offset));
}

/** Clamps to a range. */
// @ts-ignore: decorator
@inline
export function clampBytes(q: v128, range: usize): v128 {
  return i8x16.min_s(i8x16.max_s(q, v128.load(range, 16)), v128.load(range, 32));
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
