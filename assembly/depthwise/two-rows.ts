import { clampBytes, requantizeEight } from "../lanes/requantize";
import { ConvArgs } from "../window/args";

/**
 * What the kernels share that compute two output rows at a time, 8 channels of them, and read the image where it lies.
 */

/** Bytes of a block's scales; the range of the output lies behind them. */
export const SCALE: usize = 32;

/** Address of input row `y`, or of the row of padding. */
// @ts-ignore: decorator
@inline
export function rowOf(a: ConvArgs, base: usize, y: i32): usize {
  return <u32>y < <u32>a.inputHeight ? base + <usize>(y * a.inputWidth * a.inputChannels) : a.scratch;
}

/**
 * Requantizes 8 channels of two output rows, `next` bytes apart; where there is one, `next` is 0 and it is written over the
 * other.
 */
// @ts-ignore: decorator
@inline
export function storeRows(out: usize, next: usize, s0: v128, s1: v128, t0: v128, t1: v128, scales: usize): void {
  const scale0 = v128.load(scales);
  const scale1 = v128.load(scales, 16);
  const offset = v128.load(scales, SCALE);
  const s = requantizeEight(s0, s1, scale0, scale1, offset);
  const t = requantizeEight(t0, t1, scale0, scale1, offset);
  const q = clampBytes(i8x16.narrow_i16x8_s(s, t), scales + SCALE);
  v128.store64_lane(out + next, q, 1);
  v128.store64_lane(out, q, 0);
}
