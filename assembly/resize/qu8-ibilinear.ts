import { HAS_SIMD } from "../lanes/features";
import { storeFirst } from "../lanes/store-first";
import { ResizeArgs } from "./args";

/**
 * Bilinear as TFLite does it for uint8, on int8 values + 128: tl · w00 + tr · w01 + bl · w10 + br · w11 in float32 in
 * this order, then trunc(v + 0.5), docs/quantization.md (35). Reads up to 15 bytes past the input.
 */
// @ts-ignore: decorator
@inline
export function qu8Pixel(
  a: ResizeArgs,
  to: usize,
  tl: usize,
  tr: usize,
  bl: usize,
  br: usize,
  wx: f32,
  wy: f32,
): void {
  const channels = a.channels;
  const restX: f32 = <f32>1 - wx;
  const restY: f32 = <f32>1 - wy;
  const w00: f32 = restY * restX;
  const w01: f32 = restY * wx;
  const w10: f32 = wy * restX;
  const w11: f32 = wy * wx;
  if (HAS_SIMD) {
    for (let c: usize = 0; c < channels; c += 4) {
      let sum = f32x4.mul(lift(tl + c), f32x4.splat(w00));
      sum = f32x4.add(sum, f32x4.mul(lift(tr + c), f32x4.splat(w01)));
      sum = f32x4.add(sum, f32x4.mul(lift(bl + c), f32x4.splat(w10)));
      sum = f32x4.add(sum, f32x4.mul(lift(br + c), f32x4.splat(w11)));
      storePixel(to + c, sum, <i32>(channels - c));
    }
  } else {
    for (let c: usize = 0; c < channels; c++) {
      let sum = <f32>(<i32>load<i8>(tl + c) + 128) * w00;
      sum += <f32>(<i32>load<i8>(tr + c) + 128) * w01;
      sum += <f32>(<i32>load<i8>(bl + c) + 128) * w10;
      sum += <f32>(<i32>load<i8>(br + c) + 128) * w11;
      store<i8>(to + c, <i8>(<i32>(sum + 0.5) - 128));
    }
  }
}

/**
 * Bilinear as TFLite's reference kernel does it for uint8: every corner times its row's weight, times its column's, in the
 * order tl, bl, tr, br, docs/quantization.md (128). Reads up to 15 bytes past the input.
 */
// @ts-ignore: decorator
@inline
export function qu8ReferencePixel(
  a: ResizeArgs,
  to: usize,
  tl: usize,
  tr: usize,
  bl: usize,
  br: usize,
  wx: f32,
  wy: f32,
): void {
  const channels = a.channels;
  const restX: f32 = <f32>1 - wx;
  const restY: f32 = <f32>1 - wy;
  if (HAS_SIMD) {
    for (let c: usize = 0; c < channels; c += 4) {
      let sum = weighed(tl + c, restY, restX);
      sum = f32x4.add(sum, weighed(bl + c, wy, restX));
      sum = f32x4.add(sum, weighed(tr + c, restY, wx));
      sum = f32x4.add(sum, weighed(br + c, wy, wx));
      storePixel(to + c, sum, <i32>(channels - c));
    }
  } else {
    for (let c: usize = 0; c < channels; c++) {
      let sum = <f32>(<i32>load<i8>(tl + c) + 128) * restY * restX;
      sum += <f32>(<i32>load<i8>(bl + c) + 128) * wy * restX;
      sum += <f32>(<i32>load<i8>(tr + c) + 128) * restY * wx;
      sum += <f32>(<i32>load<i8>(br + c) + 128) * wy * wx;
      store<i8>(to + c, <i8>(<i32>(sum + 0.5) - 128));
    }
  }
}

// @ts-ignore: decorator
@inline
function weighed(from: usize, row: f32, column: f32): v128 {
  return f32x4.mul(f32x4.mul(lift(from), f32x4.splat(row)), f32x4.splat(column));
}

/** trunc(v + 0.5) − 128, of up to four channels. */
// @ts-ignore: decorator
@inline
function storePixel(to: usize, value: v128, channels: i32): void {
  const rounded = i32x4.trunc_sat_f32x4_s(f32x4.add(value, f32x4.splat(0.5)));
  const words = i16x8.narrow_i32x4_s(i32x4.sub(rounded, i32x4.splat(128)), rounded);
  const y = i8x16.narrow_i16x8_s(words, words);
  if (channels >= 4) v128.store32_lane(to, y, 0);
  else storeFirst(to, y, channels);
}

/** Four int8 + 128 as float32. */
// @ts-ignore: decorator
@inline
function lift(from: usize): v128 {
  const values = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from)));
  return f32x4.convert_i32x4_s(i32x4.add(values, i32x4.splat(128)));
}
