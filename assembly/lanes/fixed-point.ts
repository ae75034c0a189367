/**
 * Fixed-point requantization with a Q31 multiplier and a power of two, as TFLite's built-in kernels round it;
 * docs/quantization.md, (8) and (9).
 */

/** Two roundings: floor(x · 2^left · multiplier / 2^31 + 1/2), then a shift right with halves away from zero. */
// @ts-ignore: decorator
@inline
export function multiplyTwice(x: i32, multiplier: i32, shift: i32): i32 {
  const left = max(shift, 0);
  const right = max(-shift, 0);
  const high = <i32>((<i64>(x << left) * <i64>multiplier + (1 << 30)) >> 31);
  if (right == 0) return high;
  const mask = <i32>((<i64>1 << right) - 1);
  const remainder = high & mask;
  const threshold = (mask >> 1) + (high < 0 ? 1 : 0);
  return (high >> min(right, 31)) + (remainder > threshold ? 1 : 0);
}

/** clamp(value + zeroPoint, lowest, highest) for any value, also where that sum would overflow. */
// @ts-ignore: decorator
@inline
export function addAndClamp(value: i32, zeroPoint: i32, lowest: i32, highest: i32): i32 {
  return min(max(value, lowest - zeroPoint), highest - zeroPoint) + zeroPoint;
}

/** One rounding: floor(x · multiplier / 2^(31 − shift) + 1/2). */
// @ts-ignore: decorator
@inline
export function multiplyOnce(x: i32, multiplier: i32, shift: i32): i32 {
  const total = <i64>(31 - shift);
  return <i32>((<i64>x * <i64>multiplier + (<i64>1 << (total - 1))) >> total);
}
