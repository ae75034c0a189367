import { dot, NARROW } from "../lanes/dot";
import { ConvArgs } from "../window/args";
import { storeBlock } from "./qs8-qc8w-dwconv-simd";
import { FLIPPED, rowAddress, slideRows } from "../window/rows";

/**
 * 3×3 with four taps to a product: the three rows of a window column and a zero, zipped per channel. A column is
 * zipped once and multiplied into every output it belongs to, while their sums slide along the row in registers.
 *
 * Block of 8 channels: int32 bias[8] | int8 weights[3 columns][8][w0k, w1k, w2k, 0] | float32 scale[8].
 */
const BLOCK: usize = 32 + 96 + 32;
const SCALE: usize = 32 + 96;

export function qs8_qc8w_dwconv_3x3s1c8r(args: usize, begin: i32, end: i32): void {
  convolve(1, args, begin, end);
}

export function qs8_qc8w_dwconv_3x3s2c8r(args: usize, begin: i32, end: i32): void {
  convolve(2, args, begin, end);
}

// @ts-ignore: decorator
@inline
function convolve(STRIDE: i32, args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(FLIPPED, a, tile, filled);
    const top = y * a.strideHeight;
    const out = a.output + <usize>(tile * a.outputWidth * a.inputChannels);
    let weights = a.weights;
    for (let c = 0; c < a.inputChannels; c += 8) {
      const at = <usize>c;
      const r0 = rowAddress(a, top) + at;
      const r1 = rowAddress(a, top + 1) + at;
      const r2 = rowAddress(a, top + 2) + at;
      if (STRIDE == 1) rowStride1(a, r0, r1, r2, weights, out + at, a.inputChannels - c);
      else rowStride2(a, r0, r1, r2, weights, out + at, a.inputChannels - c);
      weights += BLOCK;
    }
  }
}

/** Rows 0 and 1 of a column as bytes r0[i], r1[i]; row 2 with zeros beside it. */
// @ts-ignore: decorator
@inline
function zip(p: v128, q: v128): v128 {
  return v128.shuffle<i8>(p, q, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function quadsLow(rows01: v128, row2: v128): v128 {
  return v128.shuffle<i16>(rows01, row2, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function quadsHigh(rows01: v128, row2: v128): v128 {
  return v128.shuffle<i16>(rows01, row2, 4, 12, 5, 13, 6, 14, 7, 15);
}

function rowStride1(a: ConvArgs, r0: usize, r1: usize, r2: usize, weights: usize, out: usize, columns: i32): void {
  const zero = i32x4.splat(0);
  const step = <usize>a.inputChannels;
  const end = out + <usize>a.outputWidth * step;
  const biasLow = v128.load(weights);
  const biasHigh = v128.load(weights, 16);
  // first: what the current output has of columns 0 and 1; second: what the next one has of its column 0.
  let rows01 = zip(v128.load64_zero(r0), v128.load64_zero(r1));
  let row2 = zip(v128.load64_zero(r2), zero);
  let firstLow = dot(NARROW, biasLow, quadsLow(rows01, row2), v128.load(weights, 32));
  let firstHigh = dot(NARROW, biasHigh, quadsHigh(rows01, row2), v128.load(weights, 48));
  r0 += step;
  r1 += step;
  r2 += step;
  rows01 = zip(v128.load64_zero(r0), v128.load64_zero(r1));
  row2 = zip(v128.load64_zero(r2), zero);
  let low = quadsLow(rows01, row2);
  let high = quadsHigh(rows01, row2);
  firstLow = dot(NARROW, firstLow, low, v128.load(weights, 64));
  firstHigh = dot(NARROW, firstHigh, high, v128.load(weights, 80));
  let secondLow = dot(NARROW, biasLow, low, v128.load(weights, 32));
  let secondHigh = dot(NARROW, biasHigh, high, v128.load(weights, 48));
  do {
    r0 += step;
    r1 += step;
    r2 += step;
    rows01 = zip(v128.load64_zero(r0), v128.load64_zero(r1));
    row2 = zip(v128.load64_zero(r2), zero);
    low = quadsLow(rows01, row2);
    high = quadsHigh(rows01, row2);
    const sumLow = dot(NARROW, firstLow, low, v128.load(weights, 96));
    const sumHigh = dot(NARROW, firstHigh, high, v128.load(weights, 112));
    firstLow = dot(NARROW, secondLow, low, v128.load(weights, 64));
    firstHigh = dot(NARROW, secondHigh, high, v128.load(weights, 80));
    secondLow = dot(NARROW, biasLow, low, v128.load(weights, 32));
    secondHigh = dot(NARROW, biasHigh, high, v128.load(weights, 48));
    storeBlock(a, out, sumLow, sumHigh, weights + SCALE, columns);
    out += step;
  } while (out < end);
}

function rowStride2(a: ConvArgs, r0: usize, r1: usize, r2: usize, weights: usize, out: usize, columns: i32): void {
  const zero = i32x4.splat(0);
  const step = <usize>a.inputChannels;
  const end = out + <usize>a.outputWidth * step;
  const biasLow = v128.load(weights);
  const biasHigh = v128.load(weights, 16);
  let rows01 = zip(v128.load64_zero(r0), v128.load64_zero(r1));
  let row2 = zip(v128.load64_zero(r2), zero);
  let sumLow = dot(NARROW, biasLow, quadsLow(rows01, row2), v128.load(weights, 32));
  let sumHigh = dot(NARROW, biasHigh, quadsHigh(rows01, row2), v128.load(weights, 48));
  do {
    r0 += step;
    r1 += step;
    r2 += step;
    rows01 = zip(v128.load64_zero(r0), v128.load64_zero(r1));
    row2 = zip(v128.load64_zero(r2), zero);
    sumLow = dot(NARROW, sumLow, quadsLow(rows01, row2), v128.load(weights, 64));
    sumHigh = dot(NARROW, sumHigh, quadsHigh(rows01, row2), v128.load(weights, 80));
    r0 += step;
    r1 += step;
    r2 += step;
    rows01 = zip(v128.load64_zero(r0), v128.load64_zero(r1));
    row2 = zip(v128.load64_zero(r2), zero);
    const low = quadsLow(rows01, row2);
    const high = quadsHigh(rows01, row2);
    const doneLow = dot(NARROW, sumLow, low, v128.load(weights, 96));
    const doneHigh = dot(NARROW, sumHigh, high, v128.load(weights, 112));
    sumLow = dot(NARROW, biasLow, low, v128.load(weights, 32));
    sumHigh = dot(NARROW, biasHigh, high, v128.load(weights, 48));
    storeBlock(a, out, doneLow, doneHigh, weights + SCALE, columns);
    out += step;
  } while (out < end);
}
