import { lowerBound, requantizeLanes, roundingOffset } from "../lanes/requantize";
import { DepthwiseArgs } from "./args";
import { rowAddress, slideRows } from "./rows";
import { writeTaps } from "./taps";

/**
 * 3×3 with weights in [−127, 127]: int8 products of two taps fit int16 added up (2 · 127 · 128), so taps are
 * multiplied in int16 and widened in pairs. Block of 8 channels: int32 bias[8] | int16 weights[9][8] | float32 scale[8].
 */
const BLOCK_3X3: usize = 32 + 144 + 32;

export function qs8_qc8w_dwconv_3x3c8(args: usize, begin: i32, end: i32): void {
  const a = changetype<DepthwiseArgs>(args);
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(a, tile, filled);
    const top = y * a.strideHeight;
    const out = a.output + <usize>(tile * a.outputWidth * a.channels);
    let weights = a.weights;
    for (let c = 0; c < a.channels; c += 8) {
      const at = <usize>c;
      rowOf3x3(a, rowAddress(a, top) + at, rowAddress(a, top + 1) + at, rowAddress(a, top + 2) + at, weights, out + at, a.channels - c);
      weights += BLOCK_3X3;
    }
  }
}

// @ts-ignore: decorator
@inline
function multiply(x: usize, weight: v128): v128 {
  return i16x8.mul(v128.load8x8_s(x), weight);
}

/** 8 channels of one output row. */
function rowOf3x3(a: DepthwiseArgs, r0: usize, r1: usize, r2: usize, weights: usize, out: usize, columns: i32): void {
  const c1 = <usize>a.channels;
  const c2 = c1 << 1;
  const next = <usize>a.strideWidth * c1;
  const end = out + <usize>a.outputWidth * c1;
  const k0 = v128.load(weights, 32);
  const k1 = v128.load(weights, 48);
  const k2 = v128.load(weights, 64);
  const k3 = v128.load(weights, 80);
  const k4 = v128.load(weights, 96);
  const k5 = v128.load(weights, 112);
  const k6 = v128.load(weights, 128);
  const k7 = v128.load(weights, 144);
  const k8 = v128.load(weights, 160);
  do {
    const s0 = i16x8.add(multiply(r0, k0), multiply(r0 + c1, k1));
    const s1 = i16x8.add(multiply(r0 + c2, k2), multiply(r1, k3));
    const s2 = i16x8.add(multiply(r1 + c1, k4), multiply(r1 + c2, k5));
    const s3 = i16x8.add(multiply(r2, k6), multiply(r2 + c1, k7));
    const s4 = multiply(r2 + c2, k8);
    let low = i32x4.add(v128.load(weights), i32x4.extend_low_i16x8_s(s0));
    let high = i32x4.add(v128.load(weights, 16), i32x4.extend_high_i16x8_s(s0));
    low = i32x4.add(low, i32x4.extend_low_i16x8_s(s1));
    high = i32x4.add(high, i32x4.extend_high_i16x8_s(s1));
    low = i32x4.add(low, i32x4.extend_low_i16x8_s(s2));
    high = i32x4.add(high, i32x4.extend_high_i16x8_s(s2));
    low = i32x4.add(low, i32x4.extend_low_i16x8_s(s3));
    high = i32x4.add(high, i32x4.extend_high_i16x8_s(s3));
    low = i32x4.add(low, i32x4.extend_low_i16x8_s(s4));
    high = i32x4.add(high, i32x4.extend_high_i16x8_s(s4));
    storeBlock(a, out, low, high, weights + 176, columns);
    out += c1;
    r0 += next;
    r1 += next;
    r2 += next;
  } while (out < end);
}

/** Requantizes 8 channels and stores `columns` of them. */
// @ts-ignore: decorator
@inline
function storeBlock(a: DepthwiseArgs, out: usize, low: v128, high: v128, scale: usize, columns: i32): void {
  const lower = lowerBound(a.clampMin, a.zeroPoint);
  const offset = roundingOffset(a.zeroPoint);
  const narrow = i16x8.narrow_i32x4_s(
    requantizeLanes(low, v128.load(scale), lower, offset),
    requantizeLanes(high, v128.load(scale, 16), lower, offset),
  );
  const q = i8x16.min_s(i8x16.narrow_i16x8_s(narrow, narrow), i8x16.splat(<i8>a.clampMax));
  if (columns >= 8) {
    v128.store64_lane(out, q, 0);
  } else {
    v128.store(a.spill, q);
    for (let i: usize = 0; i < <usize>columns; i++) store<u8>(out + i, load<u8>(a.spill + i));
  }
}

/**
 * Any kernel and any int8 weights minus their zero point (9 bits): two taps are zipped and multiplied into int32.
 * Block of 8 channels: int32 bias[8] | int16 weights[pairs of taps][8][2] | float32 scale[8].
 */
export function qs8_qc8w_dwconv_c8(args: usize, begin: i32, end: i32): void {
  const a = changetype<DepthwiseArgs>(args);
  const taps = a.kernelHeight * a.kernelWidth;
  const pairs = (taps + 1) >> 1;
  const blockBytes = <usize>(64 + pairs * 32);
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(a, tile, filled);
    writeTaps(a, y * a.strideHeight, taps);
    const out = a.output + <usize>(tile * a.outputWidth * a.channels);
    let weights = a.weights;
    for (let c = 0; c < a.channels; c += 8) {
      rowOfPairs(a, <usize>c, weights, weights + 32 + <usize>pairs * 32, out + <usize>c, a.channels - c);
      weights += blockBytes;
    }
  }
}

function rowOfPairs(a: DepthwiseArgs, at: usize, weights: usize, scale: usize, out: usize, columns: i32): void {
  const end = out + <usize>(a.outputWidth * a.channels);
  const next = <usize>(a.strideWidth * a.channels);
  let x = at;
  do {
    let low = v128.load(weights);
    let high = v128.load(weights, 16);
    let w = weights + 32;
    let tap = a.tapTable;
    do {
      const p = v128.load8x8_s(<usize>load<u32>(tap) + x);
      const q = v128.load8x8_s(<usize>load<u32>(tap, 4) + x);
      low = i32x4.add(low, i32x4.dot_i16x8_s(v128.shuffle<i16>(p, q, 0, 8, 1, 9, 2, 10, 3, 11), v128.load(w)));
      high = i32x4.add(high, i32x4.dot_i16x8_s(v128.shuffle<i16>(p, q, 4, 12, 5, 13, 6, 14, 7, 15), v128.load(w, 16)));
      tap += 8;
      w += 32;
    } while (w < scale);
    storeBlock(a, out, low, high, scale, columns);
    out += <usize>a.channels;
    x += next;
  } while (out < end);
}
