import { lowerBound, requantizeLanes, roundingOffset } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { RAW, rowAddress, slideRows } from "../window/rows";

/**
 * 3×3 of any stride and dilation for machines with 32 vector registers: 16 channels, and of a last 8 or fewer only the
 * lower half. Products of two taps are added in int16 (127 · 128 · 2 fits), and reach int32 through a multiplication by
 * one, which ARM fuses with the addition: smlal, where widening and adding are two instructions. The nine weights stay
 * in registers along a row.
 *
 * Block of 16 channels: int32 bias[16] | int8 weights[9][16] | float32 scale[16]; weights in [−127, 127].
 */
const SCALE: usize = 64 + 9 * 16;
const BLOCK: usize = SCALE + 64;

export function qs8_qc8w_dwconv_3x3c16(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(RAW, a, tile, filled);
    const top = y * a.strideHeight;
    const out = a.output + <usize>(tile * a.outputWidth * a.inputChannels);
    let weights = a.weights;
    for (let c = 0; c < a.inputChannels; c += 16) {
      const at = <usize>c;
      const r0 = rowAddress(a, top) + at;
      const r1 = rowAddress(a, top + a.dilationHeight) + at;
      const r2 = rowAddress(a, top + 2 * a.dilationHeight) + at;
      if (a.inputChannels - c > 8) wholeRow(a, r0, r1, r2, weights, out + at, a.inputChannels - c);
      else halfRow(a, r0, r1, r2, weights, out + at, a.inputChannels - c);
      weights += BLOCK;
    }
  }
}

function wholeRow(a: ConvArgs, r0: usize, r1: usize, r2: usize, weights: usize, out: usize, columns: i32): void {
  row(2, a, r0, r1, r2, weights, out, columns);
}

function halfRow(a: ConvArgs, r0: usize, r1: usize, r2: usize, weights: usize, out: usize, columns: i32): void {
  row(1, a, r0, r1, r2, weights, out, columns);
}

// @ts-ignore: decorator
@inline
function pairLow(x: v128, k: v128, x1: v128, k1: v128): v128 {
  return i16x8.add(i16x8.extmul_low_i8x16_s(x, k), i16x8.extmul_low_i8x16_s(x1, k1));
}

// @ts-ignore: decorator
@inline
function pairHigh(x: v128, k: v128, x1: v128, k1: v128): v128 {
  return i16x8.add(i16x8.extmul_high_i8x16_s(x, k), i16x8.extmul_high_i8x16_s(x1, k1));
}

// @ts-ignore: decorator
@inline
function addLow(sum: v128, products: v128, one: v128): v128 {
  return i32x4.add(sum, i32x4.extmul_low_i16x8_s(products, one));
}

// @ts-ignore: decorator
@inline
function addHigh(sum: v128, products: v128, one: v128): v128 {
  return i32x4.add(sum, i32x4.extmul_high_i16x8_s(products, one));
}

/** 8 · HALVES channels of one output row. */
// @ts-ignore: decorator
@inline
function row(HALVES: i32, a: ConvArgs, r0: usize, r1: usize, r2: usize, weights: usize, out: usize, columns: i32): void {
  const step = <usize>(a.strideWidth * a.inputChannels);
  const c1 = <usize>(a.dilationWidth * a.inputChannels);
  const c2 = c1 << 1;
  const channels = <usize>a.inputChannels;
  const end = out + <usize>a.outputWidth * channels;
  const one = i16x8.splat(1);
  const k0 = v128.load(weights, 64);
  const k1 = v128.load(weights, 80);
  const k2 = v128.load(weights, 96);
  const k3 = v128.load(weights, 112);
  const k4 = v128.load(weights, 128);
  const k5 = v128.load(weights, 144);
  const k6 = v128.load(weights, 160);
  const k7 = v128.load(weights, 176);
  const k8 = v128.load(weights, 192);
  const lower = lowerBound(a.clampMin, a.zeroPoint);
  const offset = roundingOffset(a.zeroPoint);
  const upper = i8x16.splat(<i8>a.clampMax);
  const spill = a.spill;
  do {
    let s0 = v128.load(weights);
    let s1 = v128.load(weights, 16);
    let s2 = s0;
    let s3 = s1;
    if (HALVES > 1) {
      s2 = v128.load(weights, 32);
      s3 = v128.load(weights, 48);
    }
    let x = v128.load(r0);
    let x1 = v128.load(r0 + c1);
    let products = pairLow(x, k0, x1, k1);
    s0 = addLow(s0, products, one);
    s1 = addHigh(s1, products, one);
    if (HALVES > 1) {
      products = pairHigh(x, k0, x1, k1);
      s2 = addLow(s2, products, one);
      s3 = addHigh(s3, products, one);
    }
    x = v128.load(r0 + c2);
    x1 = v128.load(r1);
    products = pairLow(x, k2, x1, k3);
    s0 = addLow(s0, products, one);
    s1 = addHigh(s1, products, one);
    if (HALVES > 1) {
      products = pairHigh(x, k2, x1, k3);
      s2 = addLow(s2, products, one);
      s3 = addHigh(s3, products, one);
    }
    x = v128.load(r1 + c1);
    x1 = v128.load(r1 + c2);
    products = pairLow(x, k4, x1, k5);
    s0 = addLow(s0, products, one);
    s1 = addHigh(s1, products, one);
    if (HALVES > 1) {
      products = pairHigh(x, k4, x1, k5);
      s2 = addLow(s2, products, one);
      s3 = addHigh(s3, products, one);
    }
    x = v128.load(r2);
    x1 = v128.load(r2 + c1);
    products = pairLow(x, k6, x1, k7);
    s0 = addLow(s0, products, one);
    s1 = addHigh(s1, products, one);
    if (HALVES > 1) {
      products = pairHigh(x, k6, x1, k7);
      s2 = addLow(s2, products, one);
      s3 = addHigh(s3, products, one);
    }
    x = v128.load(r2 + c2);
    products = i16x8.extmul_low_i8x16_s(x, k8);
    s0 = addLow(s0, products, one);
    s1 = addHigh(s1, products, one);
    if (HALVES > 1) {
      products = i16x8.extmul_high_i8x16_s(x, k8);
      s2 = addLow(s2, products, one);
      s3 = addHigh(s3, products, one);
    }
    s0 = requantizeLanes(s0, v128.load(weights, SCALE), lower, offset);
    s1 = requantizeLanes(s1, v128.load(weights, SCALE + 16), lower, offset);
    const q01 = i16x8.narrow_i32x4_s(s0, s1);
    let q23 = q01;
    if (HALVES > 1) {
      s2 = requantizeLanes(s2, v128.load(weights, SCALE + 32), lower, offset);
      s3 = requantizeLanes(s3, v128.load(weights, SCALE + 48), lower, offset);
      q23 = i16x8.narrow_i32x4_s(s2, s3);
    }
    const q = i8x16.min_s(i8x16.narrow_i16x8_s(q01, q23), upper);
    if (columns >= 8 * HALVES) {
      if (HALVES > 1) v128.store(out, q);
      else v128.store64_lane(out, q, 0);
    } else {
      v128.store(spill, q);
      for (let i: usize = 0; i < <usize>columns; i++) store<u8>(out + i, load<u8>(spill + i));
    }
    out += channels;
    r0 += step;
    r1 += step;
    r2 += step;
  } while (out < end);
}
