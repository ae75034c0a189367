import { clampBytes, RANGE_BYTES, requantizeEight } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { RAW, rowAddress, slideRows } from "../window/rows";
import { writeTaps } from "../window/taps";

/**
 * 3×3, stride 2, two output columns at a time. With rows r0, r1, r2 and columns 0, 1, 2, … of the window, taps are zipped in
 * pairs so that i32x4.dot_i16x8_s adds two products, and the zips are shared by both outputs:
 *
 *   (r0, r1) of each column              · (w0k, w1k)   k = 0, 1, 2
 *   row r2: (c0, c1), (c2, c3), (c4, –)   first output · (w20, w21), (w22, 0); second, from c2, the same
 *
 * Block of 8 channels: int32 bias[8] | five pairs of int16 weights[8][2], in the order (w00,w10) (w01,w11) (w02,w12)
 * (w20,w21) (w22,0) | float32 scale[8] | range. Any int8 weights minus their zero point: 9 bits.
 */
const BLOCK_3X3: usize = 32 + 5 * 32 + 32 + RANGE_BYTES;
const SCALE_3X3: usize = 32 + 5 * 32;

export function qs8_qc8w_dwconv_3x3s2c8(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(RAW, a, tile, filled);
    const top = y * a.strideHeight;
    const out = a.output + <usize>(tile * a.outputWidth * a.inputChannels);
    let weights = a.weights;
    for (let c = 0; c < a.inputChannels; c += 8) {
      const at = <usize>c;
      const r0 = rowAddress(a, top) + at;
      const r1 = rowAddress(a, top + 1) + at;
      const r2 = rowAddress(a, top + 2) + at;
      row3x3s2(a, r0, r1, r2, weights, out + at, a.inputChannels - c);
      weights += BLOCK_3X3;
    }
  }
}

// @ts-ignore: decorator
@inline
function zipLow(p: v128, q: v128): v128 {
  return v128.shuffle<i16>(p, q, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function zipHigh(p: v128, q: v128): v128 {
  return v128.shuffle<i16>(p, q, 4, 12, 5, 13, 6, 14, 7, 15);
}

// @ts-ignore: decorator
@inline
function dotAt(acc: v128, x: v128, weights: usize): v128 {
  return i32x4.add(acc, i32x4.dot_i16x8_s(x, v128.load(weights)));
}

/** 8 channels of one output row, stride 2; may read two columns past the last window. */
function row3x3s2(a: ConvArgs, r0: usize, r1: usize, r2: usize, weights: usize, out: usize, columns: i32): void {
  const c1 = <usize>a.inputChannels;
  const c2 = c1 << 1;
  const c3 = c1 + c2;
  const c4 = c2 << 1;
  const end = out + <usize>a.outputWidth * c1;
  do {
    let low0 = v128.load(weights);
    let high0 = v128.load(weights, 16);
    let low1 = low0;
    let high1 = high0;
    let p = v128.load8x8_s(r0);
    let q = v128.load8x8_s(r1);
    low0 = dotAt(low0, zipLow(p, q), weights + 32);
    high0 = dotAt(high0, zipHigh(p, q), weights + 48);
    p = v128.load8x8_s(r0 + c1);
    q = v128.load8x8_s(r1 + c1);
    low0 = dotAt(low0, zipLow(p, q), weights + 64);
    high0 = dotAt(high0, zipHigh(p, q), weights + 80);
    p = v128.load8x8_s(r0 + c2);
    q = v128.load8x8_s(r1 + c2);
    let low = zipLow(p, q);
    let high = zipHigh(p, q);
    low0 = dotAt(low0, low, weights + 96);
    high0 = dotAt(high0, high, weights + 112);
    low1 = dotAt(low1, low, weights + 32);
    high1 = dotAt(high1, high, weights + 48);
    p = v128.load8x8_s(r0 + c3);
    q = v128.load8x8_s(r1 + c3);
    low1 = dotAt(low1, zipLow(p, q), weights + 64);
    high1 = dotAt(high1, zipHigh(p, q), weights + 80);
    p = v128.load8x8_s(r0 + c4);
    q = v128.load8x8_s(r1 + c4);
    low1 = dotAt(low1, zipLow(p, q), weights + 96);
    high1 = dotAt(high1, zipHigh(p, q), weights + 112);
    p = v128.load8x8_s(r2);
    q = v128.load8x8_s(r2 + c1);
    low0 = dotAt(low0, zipLow(p, q), weights + 128);
    high0 = dotAt(high0, zipHigh(p, q), weights + 144);
    p = v128.load8x8_s(r2 + c2);
    q = v128.load8x8_s(r2 + c3);
    low = zipLow(p, q);
    high = zipHigh(p, q);
    low0 = dotAt(low0, low, weights + 160);
    high0 = dotAt(high0, high, weights + 176);
    low1 = dotAt(low1, low, weights + 128);
    high1 = dotAt(high1, high, weights + 144);
    p = v128.load8x8_s(r2 + c4);
    low1 = dotAt(low1, zipLow(p, p), weights + 160);
    high1 = dotAt(high1, zipHigh(p, p), weights + 176);
    storeBlock(a, out, low0, high0, weights + SCALE_3X3, columns);
    out += c1;
    if (out < end) storeBlock(a, out, low1, high1, weights + SCALE_3X3, columns);
    out += c1;
    r0 += c4;
    r1 += c4;
    r2 += c4;
  } while (out < end);
}

/** Requantizes 8 channels and stores `columns` of them. */
// @ts-ignore: decorator
@inline
export function storeBlock(a: ConvArgs, out: usize, low: v128, high: v128, scale: usize, columns: i32): void {
  const narrow = requantizeEight(low, high, v128.load(scale), v128.load(scale, 16), v128.load(scale, 32));
  const q = clampBytes(i8x16.narrow_i16x8_s(narrow, narrow), scale + 32);
  if (columns >= 8) {
    v128.store64_lane(out, q, 0);
  } else {
    v128.store(a.spill, q);
    for (let i: usize = 0; i < <usize>columns; i++) store<u8>(out + i, load<u8>(a.spill + i));
  }
}

/**
 * Any kernel and any int8 weights minus their zero point (9 bits): two taps are zipped and multiplied into int32.
 * Block of 8 channels: int32 bias[8] | int16 weights[pairs of taps][8][2] | float32 scale[8] | range.
 */
export function qs8_qc8w_dwconv_c8(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const taps = a.kernelHeight * a.kernelWidth;
  const pairs = (taps + 1) >> 1;
  const blockBytes = RANGE_BYTES + 64 + ((<usize>pairs) << 5);
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(RAW, a, tile, filled);
    writeTaps(a, y * a.strideHeight, taps);
    const out = a.output + <usize>(tile * a.outputWidth * a.inputChannels);
    let weights = a.weights;
    for (let c = 0; c < a.inputChannels; c += 8) {
      rowOfPairs(a, <usize>c, weights, weights + 32 + <usize>pairs * 32, out + <usize>c, a.inputChannels - c);
      weights += blockBytes;
    }
  }
}

function rowOfPairs(a: ConvArgs, at: usize, weights: usize, scale: usize, out: usize, columns: i32): void {
  const end = out + <usize>(a.outputWidth * a.inputChannels);
  const next = <usize>(a.strideWidth * a.inputChannels);
  let x = at;
  do {
    let low = v128.load(weights);
    let high = v128.load(weights, 16);
    let w = weights + 32;
    let tap = a.table;
    do {
      const p = v128.load8x8_s(<usize>load<u32>(tap) + x);
      const q = v128.load8x8_s(<usize>load<u32>(tap, 4) + x);
      low = i32x4.add(low, i32x4.dot_i16x8_s(zipLow(p, q), v128.load(w)));
      high = i32x4.add(high, i32x4.dot_i16x8_s(zipHigh(p, q), v128.load(w, 16)));
      tap += 8;
      w += 32;
    } while (w < scale);
    storeBlock(a, out, low, high, scale, columns);
    out += <usize>a.inputChannels;
    x += next;
  } while (out < end);
}
