/**
 * float16 to float32, exact, eq. (70): the exponent's bias grows by 112, a value without exponent is its mantissa times
 * 2^-24, and the highest exponent stays the highest.
 */
const REBIAS = 112 << 23;
const SMALLEST: f32 = 5.9604644775390625e-8;

/** Four values in the low halves of 32-bit lanes. */
// @ts-ignore: decorator
@inline
export function float16Lanes(half: v128): v128 {
  const rebias = i32x4.splat(REBIAS);
  const magnitude = v128.and(half, i32x4.splat(0x7fff));
  const isSpecial = i32x4.gt_s(magnitude, i32x4.splat(0x7bff));
  const normal = i32x4.add(i32x4.add(i32x4.shl(magnitude, 13), rebias), v128.and(isSpecial, rebias));
  const small = f32x4.mul(f32x4.convert_i32x4_s(magnitude), f32x4.splat(SMALLEST));
  const value = v128.bitselect(small, normal, i32x4.lt_s(magnitude, i32x4.splat(0x400)));
  return v128.or(value, i32x4.shl(v128.xor(half, magnitude), 16));
}

/** One value. */
// @ts-ignore: decorator
@inline
export function float16Value(half: u32): f32 {
  const magnitude = half & 0x7fff;
  const sign = (half ^ magnitude) << 16;
  if (magnitude < 0x400) return reinterpret<f32>(reinterpret<u32>(<f32>magnitude * SMALLEST) | sign);
  return reinterpret<f32>(((magnitude << 13) + REBIAS + (magnitude > 0x7bff ? REBIAS : 0)) | sign);
}
