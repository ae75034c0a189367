import { storeBytes } from "../gemm/qs8-qc8w-gemm";
import { requantizeHalfRow, requantizeRow } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { RAW, rowAddress, slideRows } from "../window/rows";

/**
 * 3×3 of any stride and dilation for machines with 32 vector registers: 16 channels at a time, then what is left in
 * steps of 8. Products of two taps are added in int16 (127 · 128 · 2 fits), and reach int32 through a multiplication by
 * one, which ARM fuses with the addition: smlal, where widening and adding are two instructions. The nine weights stay in
 * registers along a row.
 *
 * Block of 16 channels: int32 bias[16] | int8 weights[9][16] | float32 scale[16]; weights in [−127, 127].
 */
const SCALE: usize = 64 + 9 * 16;
const BLOCK: usize = SCALE + 64;

export function qs8_qc8w_dwconv_3x3c16(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const channels = <usize>a.inputChannels;
  const rowBytes = <usize>a.outputWidth * channels;
  // 1, but not as a constant: the compiler would make it anew at every use, and this one stays in a register.
  const one = i16x8.splat(<i16>(a.kernelHeight - 2));
  const zero = i16x8.splat(<i16>a.zeroPoint);
  const lower = i8x16.splat(<i8>a.clampMin);
  const upper = i8x16.splat(<i8>a.clampMax);
  const step = <usize>a.strideWidth * channels;
  const c1 = <usize>a.dilationWidth * channels;
  const spill = a.spill;
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(RAW, a, tile, filled);
    const top = y * a.strideHeight;
    const out = a.output + <usize>tile * rowBytes;
    const r0 = rowAddress(a, top);
    const r1 = rowAddress(a, top + a.dilationHeight);
    const r2 = rowAddress(a, top + 2 * a.dilationHeight);
    let weights = a.weights;
    let c: usize = 0;
    for (; c + 16 <= channels; c += 16) {
      const at = out + c;
      row(2, r0 + c, r1 + c, r2 + c, c1, step, weights, 0, at, at + rowBytes, channels, 16, one, zero, lower, upper, spill);
      weights += BLOCK;
    }
    for (let half: usize = 0; c < channels; half += 8) {
      const at = out + c;
      const left = <i32>(channels - c);
      row(1, r0 + c, r1 + c, r2 + c, c1, step, weights, half, at, at + rowBytes, channels, left, one, zero, lower, upper, spill);
      c += 8;
    }
  }
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

/** 8 · HALVES channels of one output row, those from `from` of a block; or the first `columns` of them. */
// @ts-ignore: decorator
@inline
function row(
  HALVES: i32,
  r0: usize,
  r1: usize,
  r2: usize,
  c1: usize,
  step: usize,
  block: usize,
  from: usize,
  out: usize,
  end: usize,
  channels: usize,
  columns: i32,
  one: v128,
  zero: v128,
  lower: v128,
  upper: v128,
  spill: usize,
): void {
  const c2 = c1 << 1;
  const taps = block + from;
  const bias = block + (from << 2);
  const k0 = v128.load(taps, 64);
  const k1 = v128.load(taps, 80);
  const k2 = v128.load(taps, 96);
  const k3 = v128.load(taps, 112);
  const k4 = v128.load(taps, 128);
  const k5 = v128.load(taps, 144);
  const k6 = v128.load(taps, 160);
  const k7 = v128.load(taps, 176);
  const k8 = v128.load(taps, 192);
  do {
    let s0 = v128.load(bias);
    let s1 = v128.load(bias, 16);
    let s2 = s0;
    let s3 = s1;
    if (HALVES > 1) {
      s2 = v128.load(bias, 32);
      s3 = v128.load(bias, 48);
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
    const scale = bias + SCALE;
    if (HALVES > 1) storeBytes(4, out, requantizeRow(s0, s1, s2, s3, scale, zero, lower, upper), columns, spill);
    else storeBytes(2, out, requantizeHalfRow(s0, s1, scale, zero, lower, upper), columns, spill);
    out += channels;
    r0 += step;
    r1 += step;
    r2 += step;
  } while (out < end);
}
