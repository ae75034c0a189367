import { HAS_SIMD } from "../lanes/features";
import { storeFirst } from "../lanes/store-first";
import { ResizeArgs } from "./args";

/** Fraction bits of a weight. */
const BITS = 11;
const HALF: i32 = 1 << (2 * BITS - 1);

/**
 * Bilinear in integers: t = (tl << 11) + (tr − tl) · wx, likewise b below; y = (t << 11) + (b − t) · wy, shifted right by
 * 22 with rounding, docs/quantization.md (33); (34) with the 10-bit weights doubled. Weights may be negative.
 * Reads up to 15 bytes past the input.
 */
// @ts-ignore: decorator
@inline
export function qs8Pixel(
  a: ResizeArgs,
  to: usize,
  tl: usize,
  tr: usize,
  bl: usize,
  br: usize,
  wx: i32,
  wy: i32,
): void {
  const channels = a.channels;
  if (HAS_SIMD) {
    // Products of pairs: tl · (2^11 − wx) + tr · wx is t.
    const across = i32x4.splat((wx << 16) | (((1 << BITS) - wx) & 0xffff));
    const down = i32x4.splat(wy);
    const away = i32x4.splat(a.away);
    for (let c: usize = 0; c < channels; c += 8) {
      const tops = v128.load8x8_s(tl + c);
      const topsRight = v128.load8x8_s(tr + c);
      const bottoms = v128.load8x8_s(bl + c);
      const bottomsRight = v128.load8x8_s(br + c);
      const y0 = blend(zipLow(tops, topsRight), zipLow(bottoms, bottomsRight), across, down, away);
      const y1 = blend(zipHigh(tops, topsRight), zipHigh(bottoms, bottomsRight), across, down, away);
      const words = i16x8.narrow_i32x4_s(y0, y1);
      const y = i8x16.narrow_i16x8_s(words, words);
      if (c + 8 <= channels) v128.store64_lane(to + c, y, 0);
      else storeFirst(to + c, y, <i32>(channels - c));
    }
  } else {
    const away = a.away;
    for (let c: usize = 0; c < channels; c++) {
      const top = <i32>load<i8>(tl + c);
      const bottom = <i32>load<i8>(bl + c);
      const t = (top << BITS) + (<i32>load<i8>(tr + c) - top) * wx;
      const b = (bottom << BITS) + (<i32>load<i8>(br + c) - bottom) * wx;
      const sum = (t << BITS) + (b - t) * wy;
      store<i8>(to + c, <i8>((sum + HALF + ((sum >> 31) & away)) >> (2 * BITS)));
    }
  }
}

/** Four channels: pairs of top values, pairs of bottom values. */
// @ts-ignore: decorator
@inline
function blend(tops: v128, bottoms: v128, across: v128, down: v128, away: v128): v128 {
  const t = i32x4.dot_i16x8_s(tops, across);
  const b = i32x4.dot_i16x8_s(bottoms, across);
  const sum = i32x4.add(i32x4.shl(t, BITS), i32x4.mul(i32x4.sub(b, t), down));
  // A negative sum less by one, then half up, is half away from zero.
  const nudge = v128.and(i32x4.shr_s(sum, 31), away);
  return i32x4.shr_s(i32x4.add(i32x4.add(sum, i32x4.splat(HALF)), nudge), 2 * BITS);
}

// @ts-ignore: decorator
@inline
function zipLow(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function zipHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
