import { addAndClamp, multiplyOnce, multiplyTwice } from "../lanes/fixed-point";
import { requantizeOne } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { gatherWide } from "./gather";

/** How accumulators become int8: a float32 factor, or a Q31 multiplier with one or two roundings. */
const FLOAT = 0;
const ONCE = 1;
const TWICE = 2;

/**
 * Convolution without vector arithmetic, one pixel and four channels at a time:
 * panel: int32 bias[4] | int16 weights[k][4] | float32 scale[4], or int32 multiplier[4], int32 shift[4].
 */
// @ts-ignore: decorator
@inline
function convolve(ROUNDING: i32, args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  for (let m = begin; m < end; m += a.blockRows) {
    const rows = min(a.blockRows, end - m);
    for (let group = 0; group < a.groups; group++) {
      gatherWide(a, m, rows, group);
      const packed = a.weights + <usize>group * <usize>a.groupBytes;
      let row = a.scratch;
      let out = a.output + <usize>m * <usize>a.outputChannels + <usize>(group * a.groupOut);
      for (let r = 0; r < rows; r++) {
        pixel(ROUNDING, a, row, packed, out);
        row += (<usize>a.kPadded) << 1;
        out += <usize>a.outputChannels;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function pixel(ROUNDING: i32, a: ConvArgs, row: usize, packed: usize, out: usize): void {
  const depthBytes = (<usize>a.kPadded) << 3;
  let panel = packed;
  for (let n = 0; n < a.groupOut; n += 4) {
    let s0 = load<i32>(panel);
    let s1 = load<i32>(panel, 4);
    let s2 = load<i32>(panel, 8);
    let s3 = load<i32>(panel, 12);
    let w = panel + 16;
    const weightsEnd = w + depthBytes;
    let x = row;
    do {
      const value = <i32>load<i16>(x);
      s0 += value * <i32>load<i16>(w);
      s1 += value * <i32>load<i16>(w, 2);
      s2 += value * <i32>load<i16>(w, 4);
      s3 += value * <i32>load<i16>(w, 6);
      x += 2;
      w += 8;
    } while (w < weightsEnd);
    const left = a.groupOut - n;
    const c = out + <usize>n;
    storeOne(ROUNDING, a, c, s0, w);
    if (left > 1) storeOne(ROUNDING, a, c + 1, s1, w + 4);
    if (left > 2) storeOne(ROUNDING, a, c + 2, s2, w + 8);
    if (left > 3) storeOne(ROUNDING, a, c + 3, s3, w + 12);
    panel = w + (ROUNDING == FLOAT ? 16 : 32);
  }
}

// @ts-ignore: decorator
@inline
function storeOne(ROUNDING: i32, a: ConvArgs, c: usize, acc: i32, factor: usize): void {
  if (ROUNDING == FLOAT) {
    store<i8>(c, <i8>requantizeOne(acc, load<f32>(factor), a.zeroPoint, a.clampMin, a.clampMax));
  } else {
    const multiplier = load<i32>(factor);
    const shift = load<i32>(factor, 16);
    const scaled = ROUNDING == ONCE ? multiplyOnce(acc, multiplier, shift) : multiplyTwice(acc, multiplier, shift);
    store<i8>(c, <i8>addAndClamp(scaled, a.zeroPoint, a.clampMin, a.clampMax));
  }
}

export function qs8_qc8w_conv_1x4c1(args: usize, begin: i32, end: i32): void {
  convolve(FLOAT, args, begin, end);
}

export function qs8_qc8w_conv_1x4c1_once(args: usize, begin: i32, end: i32): void {
  convolve(ONCE, args, begin, end);
}

export function qs8_qc8w_conv_1x4c1_twice(args: usize, begin: i32, end: i32): void {
  convolve(TWICE, args, begin, end);
}
