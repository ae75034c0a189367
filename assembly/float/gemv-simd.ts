import { clampLanes } from "../lanes/float-clamp";
import { storeWords } from "../lanes/store-words";
import { FloatConvArgs } from "./args";

const NR = 8;
const STEP: usize = 32;

/**
 * Matrix product for few rows: a pointwise convolution that takes one pixel and two panels at a time. A tile is one
 * pair of panels of one pixel; the last pair of an odd number computes its panel twice.
 */
export function f32_gemv_1x16(args: usize, begin: i32, end: i32): void {
  const a = changetype<FloatConvArgs>(args);
  const panels = (a.groupOut + NR - 1) / NR;
  const pairs = (panels + 1) / 2;
  const panelBytes = <usize>(a.inputChannels + 1) * STEP;
  for (let tile = begin; tile < end; tile++) {
    const pixel = tile / pairs;
    const panel = (tile - pixel * pairs) * 2;
    const channel = panel * NR;
    const w = a.weights + <usize>panel * panelBytes;
    const next = panel + 1 < panels ? panelBytes : 0;
    const from = a.input + <usize>(pixel * a.inputChannels) * 4;
    const to = a.output + <usize>(pixel * a.outputChannels + channel) * 4;
    product(a, to, a.groupOut - channel, from, w, w + next);
  }
}

/** The first `channels` of 16 outputs from the panels at w0 and w1. */
// @ts-ignore: decorator
@inline
function product(a: FloatConvArgs, to: usize, channels: i32, from: usize, w0: usize, w1: usize): void {
  let acc0 = v128.load(w0);
  let acc1 = v128.load(w0, 16);
  let acc2 = v128.load(w1);
  let acc3 = v128.load(w1, 16);
  const stop = from + (<usize>a.inputChannels << 2);
  do {
    w0 += STEP;
    w1 += STEP;
    const value = v128.load32_splat(from);
    acc0 = f32x4.add(acc0, f32x4.mul(value, v128.load(w0)));
    acc1 = f32x4.add(acc1, f32x4.mul(value, v128.load(w0, 16)));
    acc2 = f32x4.add(acc2, f32x4.mul(value, v128.load(w1)));
    acc3 = f32x4.add(acc3, f32x4.mul(value, v128.load(w1, 16)));
    from += 4;
  } while (from < stop);
  const lowest = f32x4.splat(a.clampMin);
  const highest = f32x4.splat(a.clampMax);
  storeWords(to, clampLanes(acc0, lowest, highest), channels);
  storeWords(to + 16, clampLanes(acc1, lowest, highest), channels - 4);
  storeWords(to + 32, clampLanes(acc2, lowest, highest), channels - 8);
  storeWords(to + 48, clampLanes(acc3, lowest, highest), channels - 12);
}
