import { addAndClamp, multiplyOnce, multiplyTwice } from "../lanes/fixed-point";
import { HAS_SIMD } from "../lanes/features";
import { RANGE_BYTES } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { gatherWide } from "./gather";

const ONCE = 1;
const TWICE = 2;
/** Columns of a panel, and bytes of one of its vectors of them. */
const NR = 8;
const ROW: usize = 32;

/**
 * Convolution with a Q31 multiplier per channel and one or two roundings, (8) and (9): two pixels and eight channels at a time.
 * panel: int32 bias[8] | int16 weights[k/2][8][2] | int32 multiplier[8] | int32 shift[8] | range
 */
// @ts-ignore: decorator
@inline
function convolve(ROUNDING: i32, args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const pitch = (<usize>a.kPadded) << 1;
  for (let m = begin; m < end; m += a.blockRows) {
    const rows = min(a.blockRows, end - m);
    for (let group = 0; group < a.groups; group++) {
      gatherWide(a, m, rows, group);
      const packed = a.weights + <usize>group * <usize>a.groupBytes;
      let row = a.scratch;
      let out = a.output + <usize>m * <usize>a.outputChannels + <usize>(group * a.groupOut);
      for (let r = 0; r < rows; r += 2) {
        // The last row of an odd number is computed twice.
        const isPair = r + 1 < rows;
        pixels(ROUNDING, a, row, isPair ? row + pitch : row, packed, out, isPair ? <usize>a.outputChannels : 0);
        row += pitch << 1;
        out += (<usize>a.outputChannels) << 1;
      }
    }
  }
}

/** Sums of two pixels go through `spill`, 64 bytes. */
// @ts-ignore: decorator
@inline
function pixels(ROUNDING: i32, a: ConvArgs, row0: usize, row1: usize, packed: usize, out: usize, below: usize): void {
  const depthBytes = (<usize>a.kPadded) << 4;
  let panel = packed;
  for (let n = 0; n < a.groupOut; n += NR) {
    const weights = panel + ROW;
    const factors = weights + depthBytes;
    const columns = min(a.groupOut - n, NR);
    if (HAS_SIMD) {
      sumLanes(row0, row1, panel, weights, factors, a.spill);
    } else {
      sumColumns(row0, panel, weights, factors, columns, a.spill);
      sumColumns(row1, panel, weights, factors, columns, a.spill + ROW);
    }
    for (let c: usize = 0; c < <usize>columns; c++) {
      const sum = a.spill + (c << 2);
      const factor = factors + (c << 2);
      const to = out + <usize>n + c;
      storeOne(ROUNDING, a, to, load<i32>(sum), factor);
      storeOne(ROUNDING, a, to + below, load<i32>(sum, ROW), factor);
    }
    panel = factors + 2 * ROW + RANGE_BYTES;
  }
}

// @ts-ignore: decorator
@inline
function sumLanes(row0: usize, row1: usize, panel: usize, w: usize, end: usize, to: usize): void {
  let s00 = v128.load(panel);
  let s01 = v128.load(panel, 16);
  let s10 = s00;
  let s11 = s01;
  do {
    const x0 = v128.load32_splat(row0);
    const x1 = v128.load32_splat(row1);
    const low = v128.load(w);
    const high = v128.load(w, 16);
    s00 = i32x4.add(s00, i32x4.dot_i16x8_s(x0, low));
    s01 = i32x4.add(s01, i32x4.dot_i16x8_s(x0, high));
    s10 = i32x4.add(s10, i32x4.dot_i16x8_s(x1, low));
    s11 = i32x4.add(s11, i32x4.dot_i16x8_s(x1, high));
    row0 += 4;
    row1 += 4;
    w += ROW;
  } while (w < end);
  v128.store(to, s00);
  v128.store(to, s01, 16);
  v128.store(to, s10, 32);
  v128.store(to, s11, 48);
}

// @ts-ignore: decorator
@inline
function sumColumns(row: usize, panel: usize, weights: usize, end: usize, columns: i32, to: usize): void {
  for (let c: usize = 0; c < <usize>columns; c++) {
    let sum = load<i32>(panel + (c << 2));
    let x = row;
    for (let w = weights + (c << 2); w < end; w += ROW) {
      sum += <i32>load<i16>(x) * <i32>load<i16>(w) + <i32>load<i16>(x, 2) * <i32>load<i16>(w, 2);
      x += 4;
    }
    store<i32>(to + (c << 2), sum);
  }
}

// @ts-ignore: decorator
@inline
function storeOne(ROUNDING: i32, a: ConvArgs, to: usize, acc: i32, factor: usize): void {
  const multiplier = load<i32>(factor);
  const shift = load<i32>(factor, ROW);
  const scaled = ROUNDING == ONCE ? multiplyOnce(acc, multiplier, shift) : multiplyTwice(acc, multiplier, shift);
  store<i8>(to, <i8>addAndClamp(scaled, a.zeroPoint, a.clampMin, a.clampMax));
}

export function qs8_qc8w_conv_2x8c2_once(args: usize, begin: i32, end: i32): void {
  convolve(ONCE, args, begin, end);
}

export function qs8_qc8w_conv_2x8c2_twice(args: usize, begin: i32, end: i32): void {
  convolve(TWICE, args, begin, end);
}
