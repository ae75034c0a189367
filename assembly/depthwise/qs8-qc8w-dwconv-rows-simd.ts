import { byteFill } from "../lanes/activations";
import { RANGE_BYTES } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { rowOf, SCALE, storeRows } from "./two-rows";

/**
 * 3×3, stride 1, two output rows and 8 channels at a time, as qs8-qc8w-dwconv-relaxed.ts has it with words of four bytes: a column
 * of the window is two words of two int16 per channel, and each of the two output rows has weights of its own for them.
 *
 *   words             r0 r1           r2 r3
 *   first row       · w0k w1k       · w2k 0       k = 0, 1, 2
 *   second row      · 0 w0k         · w1k w2k
 *
 * Block: int32 bias[8] | for k = 0, 1, 2 these four pairs, int16 weights[4][8][2] | float32 scale[8] | range. Any int8 weights
 * minus their zero point: 9 bits. At most one column of padding on either side; at least 8 channels, the last block the last 8.
 */
const BIAS: usize = 32;
const COLUMN: usize = 128;
const SCALES: usize = BIAS + 3 * COLUMN;
const BLOCK: usize = SCALES + SCALE + RANGE_BYTES;

export function qs8_qc8w_dwconv_3x3s1c8(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const channels = a.inputChannels;
  const line = a.outputWidth * channels;
  byteFill(0, a.scratch, a.padValue, a.inputWidth * channels);
  for (let tile = begin; tile < end; ) {
    const image = tile / a.outputHeight;
    const y = tile - image * a.outputHeight;
    const isPair = tile + 1 < end && y + 1 < a.outputHeight;
    const base = a.input + <usize>(image * a.inputHeight * a.inputWidth * channels);
    const top = y - a.padTop;
    const r0 = rowOf(a, base, top);
    const r1 = rowOf(a, base, top + 1);
    const r2 = rowOf(a, base, top + 2);
    const r3 = rowOf(a, base, top + 3);
    const out = a.output + <usize>(tile * line);
    let weights = a.weights;
    for (let c = 0; c < channels; c += 8) {
      const at = <usize>min(c, channels - 8);
      rows(a, r0 + at, r1 + at, r2 + at, r3 + at, weights, out + at, isPair ? <usize>line : 0);
      weights += BLOCK;
    }
    tile += isPair ? 2 : 1;
  }
}

// @ts-ignore: decorator
@inline
function low(p: v128, q: v128): v128 {
  return v128.shuffle<i16>(p, q, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function high(p: v128, q: v128): v128 {
  return v128.shuffle<i16>(p, q, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** acc + both words of a column · column K of the weights of output row ROW, half H of the channels. */
// @ts-ignore: decorator
@inline
function taps(K: i32, ROW: i32, H: i32, acc: v128, words01: v128, words23: v128, weights: usize): v128 {
  const w = weights + BIAS + <usize>(K * 128 + ROW * 64 + H * 16);
  const sum = i32x4.add(acc, i32x4.dot_i16x8_s(words01, v128.load(w)));
  return i32x4.add(sum, i32x4.dot_i16x8_s(words23, v128.load(w + 32)));
}

/** 8 channels of two output rows, `next` bytes apart. */
function rows(a: ConvArgs, r0: usize, r1: usize, r2: usize, r3: usize, weights: usize, out: usize, next: usize): void {
  const step = <usize>a.inputChannels;
  const pad = a.scratch;
  const end = out + <usize>a.outputWidth * step;
  // Outputs whose last column is one of the image.
  let stop = out + <usize>(a.inputWidth + a.padLeft - 2) * step;
  let p0 = v128.load8x8_s(a.padLeft ? pad : r0);
  let p1 = v128.load8x8_s(a.padLeft ? pad : r1);
  let p2 = v128.load8x8_s(a.padLeft ? pad : r2);
  let p3 = v128.load8x8_s(a.padLeft ? pad : r3);
  if (!a.padLeft) {
    r0 += step;
    r1 += step;
    r2 += step;
    r3 += step;
  }
  // first: what the current output of each row has of columns 0 and 1; second: what the next one has of its column 0.
  let x = low(p0, p1);
  let y = low(p2, p3);
  let firstS0 = taps(0, 0, 0, v128.load(weights), x, y, weights);
  let firstT0 = taps(0, 1, 0, v128.load(weights), x, y, weights);
  x = high(p0, p1);
  y = high(p2, p3);
  let firstS1 = taps(0, 0, 1, v128.load(weights, 16), x, y, weights);
  let firstT1 = taps(0, 1, 1, v128.load(weights, 16), x, y, weights);
  p0 = v128.load8x8_s(r0);
  p1 = v128.load8x8_s(r1);
  p2 = v128.load8x8_s(r2);
  p3 = v128.load8x8_s(r3);
  r0 += step;
  r1 += step;
  r2 += step;
  r3 += step;
  x = low(p0, p1);
  y = low(p2, p3);
  firstS0 = taps(1, 0, 0, firstS0, x, y, weights);
  firstT0 = taps(1, 1, 0, firstT0, x, y, weights);
  let secondS0 = taps(0, 0, 0, v128.load(weights), x, y, weights);
  let secondT0 = taps(0, 1, 0, v128.load(weights), x, y, weights);
  x = high(p0, p1);
  y = high(p2, p3);
  firstS1 = taps(1, 0, 1, firstS1, x, y, weights);
  firstT1 = taps(1, 1, 1, firstT1, x, y, weights);
  let secondS1 = taps(0, 0, 1, v128.load(weights, 16), x, y, weights);
  let secondT1 = taps(0, 1, 1, v128.load(weights, 16), x, y, weights);
  for (;;) {
    while (out < stop) {
      // Both halves at once: four vectors alive instead of six.
      p0 = v128.load8x8_s(r0);
      p1 = v128.load8x8_s(r1);
      x = low(p0, p1);
      const x1 = high(p0, p1);
      p2 = v128.load8x8_s(r2);
      p3 = v128.load8x8_s(r3);
      y = low(p2, p3);
      const y1 = high(p2, p3);
      const s0 = taps(2, 0, 0, firstS0, x, y, weights);
      const t0 = taps(2, 1, 0, firstT0, x, y, weights);
      firstS0 = taps(1, 0, 0, secondS0, x, y, weights);
      firstT0 = taps(1, 1, 0, secondT0, x, y, weights);
      secondS0 = taps(0, 0, 0, v128.load(weights), x, y, weights);
      secondT0 = taps(0, 1, 0, v128.load(weights), x, y, weights);
      const s1 = taps(2, 0, 1, firstS1, x1, y1, weights);
      const t1 = taps(2, 1, 1, firstT1, x1, y1, weights);
      firstS1 = taps(1, 0, 1, secondS1, x1, y1, weights);
      firstT1 = taps(1, 1, 1, secondT1, x1, y1, weights);
      secondS1 = taps(0, 0, 1, v128.load(weights, 16), x1, y1, weights);
      secondT1 = taps(0, 1, 1, v128.load(weights, 16), x1, y1, weights);
      storeRows(out, next, s0, s1, t0, t1, weights + SCALES);
      r0 += step;
      r1 += step;
      r2 += step;
      r3 += step;
      out += step;
    }
    if (out == end) return;
    r0 = pad;
    r1 = pad;
    r2 = pad;
    r3 = pad;
    stop = end;
  }
}
