import { byteFill } from "../lanes/activations";
import { ACTIVATION_FLIP, dot, flipLanes, NARROW } from "../lanes/dot";
import { RANGE_BYTES } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { rowOf, SCALE, storeRows } from "./two-rows";

/**
 * 3×3 with four taps to a product, two output rows and 8 channels at a time. A column of the window is four bytes of a word,
 * one of each input row r0…r3, per channel: zipped once, it is multiplied into every output it belongs to. The second output
 * row multiplies the same words, shifted down by `stride` bytes, with the same weights; with stride 2 its third row of taps,
 * r4, is zipped along the row instead.
 *
 *   stride 1    r0 r1 r2 r3 · w0k w1k w2k 0     r1 r2 r3 0 · w0k w1k w2k 0     k = 0, 1, 2
 *   stride 2    r0 r1 r2 r3 · w0k w1k w2k 0     r2 r3 0 0 · w0k w1k w2k 0      and r4 of three columns, 0 · w20 w21 w22 0
 *
 * Rows are read where they lie; a row of padding, in scratch, stands for those outside the image, and for the columns
 * beside it: at most one on either side. At least 8 channels: the last block is the last 8, which may overlap the one before.
 *
 * Block: int32 bias[8] | int8 weights[3 or 4][8][4] | float32 scale[8] | range. Layers whose weights have a zero point, 9 bits
 * without it, have behind each block what did not fit: int8 rest[3 or 4][8][4] | int32 whether there is any, 16 bytes.
 */
const BIAS: usize = 32;
const COLUMN: usize = 32;

export function qs8_qc8w_dwconv_3x3s1c8r(args: usize, begin: i32, end: i32): void {
  convolve(1, args, begin, end);
}

export function qs8_qc8w_dwconv_3x3s2c8r(args: usize, begin: i32, end: i32): void {
  convolve(2, args, begin, end);
}

/** Bytes of bias and weights of a block: what lies before its scales. */
// @ts-ignore: decorator
@inline
function beforeScales(STRIDE: i32): usize {
  return STRIDE == 1 ? BIAS + 3 * COLUMN : BIAS + 4 * COLUMN;
}

// @ts-ignore: decorator
@inline
function convolve(STRIDE: i32, args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const channels = a.inputChannels;
  const line = a.outputWidth * channels;
  const block = <usize>a.groupBytes;
  const restFlag = (beforeScales(STRIDE) << 1) - BIAS + SCALE + RANGE_BYTES;
  byteFill(0, a.scratch, a.padValue, a.inputWidth * channels);
  for (let tile = begin; tile < end; ) {
    const image = tile / a.outputHeight;
    const y = tile - image * a.outputHeight;
    const isPair = tile + 1 < end && y + 1 < a.outputHeight;
    const base = a.input + <usize>(image * a.inputHeight * a.inputWidth * channels);
    const top = y * STRIDE - a.padTop;
    const r0 = rowOf(a, base, top);
    const r1 = rowOf(a, base, top + 1);
    const r2 = rowOf(a, base, top + 2);
    const r3 = rowOf(a, base, top + 3);
    const r4 = STRIDE == 2 ? rowOf(a, base, top + 4) : 0;
    const out = a.output + <usize>(tile * line);
    const below = isPair ? <usize>line : 0;
    let weights = a.weights;
    for (let c = 0; c < channels; c += 8) {
      const at = <usize>min(c, channels - 8);
      const hasRest = block > restFlag && load<i32>(weights + restFlag) != 0;
      if (STRIDE == 1) {
        if (hasRest) rowsStride1Rest(a, r0 + at, r1 + at, r2 + at, r3 + at, weights, out + at, below);
        else rowsStride1(a, r0 + at, r1 + at, r2 + at, r3 + at, weights, out + at, below);
      } else {
        if (hasRest) rowsStride2Rest(a, r0 + at, r1 + at, r2 + at, r3 + at, r4 + at, weights, out + at, below);
        else rowsStride2(a, r0 + at, r1 + at, r2 + at, r3 + at, r4 + at, weights, out + at, below);
      }
      weights += block;
    }
    tile += isPair ? 2 : 1;
  }
}

/** Eight bytes of `row` and eight of padding, at `to`. */
// @ts-ignore: decorator
@inline
function besidePadding(to: usize, row: usize, padding: usize): usize {
  store<u64>(to, load<u64>(row));
  store<u64>(to, load<u64>(padding), 8);
  return to;
}

/** Channels of two rows as operands of this module, beside each other. */
// @ts-ignore: decorator
@inline
function zip(p: usize, q: usize): v128 {
  return zipBytes(v128.load64_zero(p), v128.load64_zero(q));
}

// @ts-ignore: decorator
@inline
function zipBytes(p: v128, q: v128): v128 {
  const zipped = v128.shuffle<i8>(p, q, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return ACTIVATION_FLIP == 0 ? zipped : v128.xor(zipped, flipLanes());
}

/** The words of channels 0…3. */
// @ts-ignore: decorator
@inline
function low(rows01: v128, rows23: v128): v128 {
  return v128.shuffle<i16>(rows01, rows23, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** The words of channels 4…7. */
// @ts-ignore: decorator
@inline
function high(rows01: v128, rows23: v128): v128 {
  return v128.shuffle<i16>(rows01, rows23, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** The words of the second output row. */
// @ts-ignore: decorator
@inline
function below(STRIDE: i32, words: v128): v128 {
  return i32x4.shr_u(words, STRIDE << 3);
}

/** acc + words · column K of the weights, half H of the channels; with REST also what of them did not fit. */
// @ts-ignore: decorator
@inline
function taps(STRIDE: i32, REST: bool, K: i32, H: i32, acc: v128, words: v128, weights: usize): v128 {
  const sum = dot(NARROW, acc, words, v128.load(weights + BIAS + <usize>(K * 32 + H * 16)));
  if (!REST) return sum;
  return dot(NARROW, sum, words, v128.load(weights + beforeScales(STRIDE) + SCALE + RANGE_BYTES + <usize>(K * 32 + H * 16)));
}

/** 8 channels of two output rows, `next` bytes apart. */
// @ts-ignore: decorator
@inline
function slideStride1(REST: bool, a: ConvArgs, r0: usize, r1: usize, r2: usize, r3: usize, weights: usize, out: usize, next: usize): void {
  const step = <usize>a.inputChannels;
  const pad = a.scratch;
  const end = out + <usize>a.outputWidth * step;
  // Outputs whose last column is one of the image.
  let stop = out + <usize>(a.inputWidth + a.padLeft - 2) * step;
  let rows01: v128;
  let rows23: v128;
  if (a.padLeft) {
    rows01 = zip(pad, pad);
    rows23 = rows01;
  } else {
    rows01 = zip(r0, r1);
    rows23 = zip(r2, r3);
    r0 += step;
    r1 += step;
    r2 += step;
    r3 += step;
  }
  // first: what the current output of each row has of columns 0 and 1; second: what the next one has of its column 0.
  let x = low(rows01, rows23);
  let y = below(1, x);
  let firstS0 = taps(1, REST, 0, 0, v128.load(weights), x, weights);
  let firstT0 = taps(1, REST, 0, 0, v128.load(weights), y, weights);
  x = high(rows01, rows23);
  y = below(1, x);
  let firstS1 = taps(1, REST, 0, 1, v128.load(weights, 16), x, weights);
  let firstT1 = taps(1, REST, 0, 1, v128.load(weights, 16), y, weights);
  rows01 = zip(r0, r1);
  rows23 = zip(r2, r3);
  r0 += step;
  r1 += step;
  r2 += step;
  r3 += step;
  x = low(rows01, rows23);
  y = below(1, x);
  firstS0 = taps(1, REST, 1, 0, firstS0, x, weights);
  firstT0 = taps(1, REST, 1, 0, firstT0, y, weights);
  let secondS0 = taps(1, REST, 0, 0, v128.load(weights), x, weights);
  let secondT0 = taps(1, REST, 0, 0, v128.load(weights), y, weights);
  x = high(rows01, rows23);
  y = below(1, x);
  firstS1 = taps(1, REST, 1, 1, firstS1, x, weights);
  firstT1 = taps(1, REST, 1, 1, firstT1, y, weights);
  let secondS1 = taps(1, REST, 0, 1, v128.load(weights, 16), x, weights);
  let secondT1 = taps(1, REST, 0, 1, v128.load(weights, 16), y, weights);
  for (;;) {
    while (out < stop) {
      rows01 = zip(r0, r1);
      rows23 = zip(r2, r3);
      x = low(rows01, rows23);
      y = below(1, x);
      const s0 = taps(1, REST, 2, 0, firstS0, x, weights);
      const t0 = taps(1, REST, 2, 0, firstT0, y, weights);
      firstS0 = taps(1, REST, 1, 0, secondS0, x, weights);
      firstT0 = taps(1, REST, 1, 0, secondT0, y, weights);
      secondS0 = taps(1, REST, 0, 0, v128.load(weights), x, weights);
      secondT0 = taps(1, REST, 0, 0, v128.load(weights), y, weights);
      x = high(rows01, rows23);
      y = below(1, x);
      const s1 = taps(1, REST, 2, 1, firstS1, x, weights);
      const t1 = taps(1, REST, 2, 1, firstT1, y, weights);
      firstS1 = taps(1, REST, 1, 1, secondS1, x, weights);
      firstT1 = taps(1, REST, 1, 1, secondT1, y, weights);
      secondS1 = taps(1, REST, 0, 1, v128.load(weights, 16), x, weights);
      secondT1 = taps(1, REST, 0, 1, v128.load(weights, 16), y, weights);
      storeRows(out, next, s0, s1, t0, t1, weights + beforeScales(1));
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

function rowsStride1(a: ConvArgs, r0: usize, r1: usize, r2: usize, r3: usize, weights: usize, out: usize, next: usize): void {
  slideStride1(false, a, r0, r1, r2, r3, weights, out, next);
}

function rowsStride1Rest(a: ConvArgs, r0: usize, r1: usize, r2: usize, r3: usize, weights: usize, out: usize, next: usize): void {
  slideStride1(true, a, r0, r1, r2, r3, weights, out, next);
}

// @ts-ignore: decorator
@inline
function slideStride2(REST: bool, a: ConvArgs, r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, weights: usize, out: usize, next: usize): void {
  const step = <usize>a.inputChannels;
  const end = out + <usize>a.outputWidth * step;
  // All outputs, or all but the last one, whose last column then is padding.
  let stop = 2 * a.outputWidth + 1 - a.padLeft > a.inputWidth ? end - step : end;
  const zero = i32x4.splat(0);

  const pad = a.scratch;
  let rows01 = a.padLeft ? zip(pad, pad) : zip(r0, r1);
  let rows23 = a.padLeft ? zip(pad, pad) : zip(r2, r3);
  let left = a.padLeft ? v128.load64_zero(pad) : v128.load64_zero(r4);
  if (!a.padLeft) {
    r0 += step;
    r1 += step;
    r2 += step;
    r3 += step;
    r4 += step;
  }
  let x = low(rows01, rows23);
  let s0 = taps(2, REST, 0, 0, v128.load(weights), x, weights);
  let t0 = taps(2, REST, 0, 0, v128.load(weights), below(2, x), weights);
  x = high(rows01, rows23);
  let s1 = taps(2, REST, 0, 1, v128.load(weights, 16), x, weights);
  let t1 = taps(2, REST, 0, 1, v128.load(weights, 16), below(2, x), weights);
  let column = step;
  for (;;) {
    while (out < stop) {
      rows01 = zip(r0, r1);
      rows23 = zip(r2, r3);
      const pair = zipBytes(left, v128.load64_zero(r4));
      r0 += column;
      r1 += column;
      r2 += column;
      r3 += column;
      r4 += column;
      x = low(rows01, rows23);
      s0 = taps(2, REST, 1, 0, s0, x, weights);
      t0 = taps(2, REST, 1, 0, t0, below(2, x), weights);
      x = high(rows01, rows23);
      s1 = taps(2, REST, 1, 1, s1, x, weights);
      t1 = taps(2, REST, 1, 1, t1, below(2, x), weights);
      left = v128.load64_zero(r4);
      const single = zipBytes(left, zero);
      t0 = taps(2, REST, 3, 0, t0, low(pair, single), weights);
      t1 = taps(2, REST, 3, 1, t1, high(pair, single), weights);
      rows01 = zip(r0, r1);
      rows23 = zip(r2, r3);
      x = low(rows01, rows23);
      let y = below(2, x);
      const doneS0 = taps(2, REST, 2, 0, s0, x, weights);
      const doneT0 = taps(2, REST, 2, 0, t0, y, weights);
      s0 = taps(2, REST, 0, 0, v128.load(weights), x, weights);
      t0 = taps(2, REST, 0, 0, v128.load(weights), y, weights);
      x = high(rows01, rows23);
      y = below(2, x);
      const doneS1 = taps(2, REST, 2, 1, s1, x, weights);
      const doneT1 = taps(2, REST, 2, 1, t1, y, weights);
      s1 = taps(2, REST, 0, 1, v128.load(weights, 16), x, weights);
      t1 = taps(2, REST, 0, 1, v128.load(weights, 16), y, weights);
      storeRows(out, next, doneS0, doneS1, doneT0, doneT1, weights + beforeScales(2));
      r0 += column;
      r1 += column;
      r2 += column;
      r3 += column;
      r4 += column;
      out += step;
    }
    if (out == end) return;
    // The last output: the last columns of the image, laid out beside columns of padding.
    const last = a.table;
    r0 = besidePadding(last, r0, pad);
    r1 = besidePadding(last + 16, r1, pad);
    r2 = besidePadding(last + 32, r2, pad);
    r3 = besidePadding(last + 48, r3, pad);
    r4 = besidePadding(last + 64, r4, pad);
    column = 8;
    stop = end;
  }
}

function rowsStride2(a: ConvArgs, r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, weights: usize, out: usize, next: usize): void {
  slideStride2(false, a, r0, r1, r2, r3, r4, weights, out, next);
}

function rowsStride2Rest(a: ConvArgs, r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, weights: usize, out: usize, next: usize): void {
  slideStride2(true, a, r0, r1, r2, r3, r4, weights, out, next);
}
