import { dot, NARROW, WIDE } from "../lanes/dot";
import { HAS_RELAXED } from "../lanes/features";
import { clampLanes } from "../lanes/float-clamp";
import { storeWords } from "../lanes/store-words";
import { BIASED, DynamicConvArgs, Range } from "./args";

/** Pixels that one panel of weights stays in the first-level cache for. */
const CHUNK = 32;

/**
 * Four pixels × 8 channels at a time. A tile is a pixel, or of a single pixel a panel. Operands are 8-bit where the module
 * multiplies those and the host packed them so, else int16.
 */
export function qd8_f32_qc8w_conv_4x8(args: usize, begin: i32, end: i32): void {
  const a = changetype<DynamicConvArgs>(args);
  let first = 0;
  let last = (a.outputChannels / a.groupOut) * a.groupPanels;
  let m = begin;
  if (a.isSingle) {
    first = begin;
    last = end;
    m = 0;
    end = 1;
  }
  while (m < end) {
    const row = m / a.outputWidth;
    const column = m - row * a.outputWidth;
    const image = row / a.outputHeight;
    const count = min(min(a.outputWidth - column, end - m), CHUNK);
    const from = a.rows + <usize>image * a.imagePitch + <usize>((row - image * a.outputHeight) * a.rowPitch + column * a.pixelPitch);
    const range = a.ranges + <usize>(image * a.imageRangePitch) + <usize>(column * a.rangePitch);
    panels(a, from, range, count, a.output + ((<usize>m * <usize>a.outputChannels) << 2), first, last);
    m += count;
  }
}

/** Panels [first, last) of `count` neighbouring pixels. */
// @ts-ignore: decorator
@inline
function panels(a: DynamicConvArgs, from: usize, range: usize, count: i32, to: usize, first: i32, last: i32): void {
  for (let panel = first; panel < last; panel++) {
    const group = panel / a.groupPanels;
    const inGroup = (panel - group * a.groupPanels) << 3;
    const channel = <usize>(group * a.groupOut + inGroup) << 2;
    const weights = a.weights + <usize>panel * <usize>a.panelBytes;
    const columns = a.groupOut - inGroup;
    let x = from + <usize>(group * a.groupPitch);
    let r = range;
    let out = to + channel;
    for (let left = count; left > 0; left -= 4) {
      tile(a, x, r, min(left, 4), weights, a.bias + channel, out, columns);
      x += <usize>(a.pixelPitch << 2);
      r += <usize>(a.rangePitch << 2);
      out += <usize>(a.outputChannels << 4);
    }
  }
}

/** −zero point of a pixel's range, as the kernel reads it, times the sums of the panel's weights. */
// @ts-ignore: decorator
@inline
function start(a: DynamicConvArgs, range: usize, sums: v128): v128 {
  return i32x4.mul(sums, i32x4.splat(-(changetype<Range>(range).zeroPoint + a.flip)));
}

/**
 * `count` ≤ 4 pixels × 8 channels. Panel: int32 Σ weights[8] | weights[runs][kPadded / kr][8][kr] | float32 scale[8]. Pixels from
 * `count` on repeat the last one and are not stored.
 */
// @ts-ignore: decorator
@inline
function tile(a: DynamicConvArgs, from: usize, range: usize, count: i32, panel: usize, bias: usize, to: usize, columns: i32): void {
  const pitch = <usize>a.pixelPitch;
  const o1 = count > 1 ? pitch : 0;
  const o2 = count > 2 ? o1 + pitch : o1;
  const o3 = count > 3 ? o2 + pitch : o2;
  const r1 = range + (count > 1 ? <usize>a.rangePitch : 0);
  const r2 = r1 + (count > 2 ? <usize>a.rangePitch : 0);
  const r3 = r2 + (count > 3 ? <usize>a.rangePitch : 0);
  const sums0 = v128.load(panel);
  const sums1 = v128.load(panel, 16);
  let s00 = start(a, range, sums0);
  let s01 = start(a, range, sums1);
  let s10 = start(a, r1, sums0);
  let s11 = start(a, r1, sums1);
  let s20 = start(a, r2, sums0);
  let s21 = start(a, r2, sums1);
  let s30 = start(a, r3, sums0);
  let s31 = start(a, r3, sums1);
  const runBytes = (<usize>a.kPadded) << (3 + (a.bytes >> 1));
  let w = panel + 32;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    for (let run = 0; run < a.runs; run++) {
      let x0 = from + <usize>(ky * a.linePitch + run * a.runPitch);
      let x1 = x0 + o1;
      let x2 = x0 + o2;
      let x3 = x0 + o3;
      const stop = w + runBytes;
      if (HAS_RELAXED && a.bytes == 1) {
        do {
          const b0 = v128.load(w);
          const b1 = v128.load(w, 16);
          const y0 = v128.load32_splat(x0);
          s00 = dot(NARROW, s00, y0, b0);
          s01 = dot(NARROW, s01, y0, b1);
          const y1 = v128.load32_splat(x1);
          s10 = dot(NARROW, s10, y1, b0);
          s11 = dot(NARROW, s11, y1, b1);
          const y2 = v128.load32_splat(x2);
          s20 = dot(NARROW, s20, y2, b0);
          s21 = dot(NARROW, s21, y2, b1);
          const y3 = v128.load32_splat(x3);
          s30 = dot(NARROW, s30, y3, b0);
          s31 = dot(NARROW, s31, y3, b1);
          x0 += 4;
          x1 += 4;
          x2 += 4;
          x3 += 4;
          w += 32;
        } while (w < stop);
      } else {
        do {
          const b0 = v128.load(w);
          const b1 = v128.load(w, 16);
          const y0 = v128.load32_splat(x0);
          s00 = dot(WIDE, s00, y0, b0);
          s01 = dot(WIDE, s01, y0, b1);
          const y1 = v128.load32_splat(x1);
          s10 = dot(WIDE, s10, y1, b0);
          s11 = dot(WIDE, s11, y1, b1);
          const y2 = v128.load32_splat(x2);
          s20 = dot(WIDE, s20, y2, b0);
          s21 = dot(WIDE, s21, y2, b1);
          const y3 = v128.load32_splat(x3);
          s30 = dot(WIDE, s30, y3, b0);
          s31 = dot(WIDE, s31, y3, b1);
          x0 += 4;
          x1 += 4;
          x2 += 4;
          x3 += 4;
          w += 32;
        } while (w < stop);
      }
    }
  }
  const row = <usize>(a.outputChannels << 2);
  storeRow(a, to, s00, s01, range, w, bias, columns);
  if (count > 1) storeRow(a, to + row, s10, s11, r1, w, bias, columns);
  if (count > 2) storeRow(a, to + 2 * row, s20, s21, r2, w, bias, columns);
  if (count > 3) storeRow(a, to + 3 * row, s30, s31, r3, w, bias, columns);
}

/** (83), (84): 8 channels of one pixel, or `columns` of them. */
// @ts-ignore: decorator
@inline
export function storeChannels(a: DynamicConvArgs, to: usize, s0: v128, s1: v128, range: usize, scale: usize, bias: usize, columns: i32): void {
  storeRow(a, to, s0, s1, range, scale, bias, columns);
}

function storeRow(a: DynamicConvArgs, to: usize, s0: v128, s1: v128, range: usize, scale: usize, bias: usize, columns: i32): void {
  storeLanes(a, to, s0, range, scale, bias, columns);
  storeLanes(a, to + 16, s1, range, scale + 16, bias + 16, columns - 4);
}

// @ts-ignore: decorator
@inline
function storeLanes(a: DynamicConvArgs, to: usize, acc: v128, range: usize, scale: usize, bias: usize, columns: i32): void {
  if (a.sums) {
    storeWords(to, a.sums == BIASED ? i32x4.add(acc, v128.load(bias)) : acc, columns);
    return;
  }
  const first = f32x4.mul(f32x4.convert_i32x4_s(acc), v128.load32_splat(range, 8));
  const second = f32x4.mul(v128.load(scale), v128.load32_splat(range, 12));
  const sum = f32x4.add(f32x4.mul(first, second), v128.load(bias));
  storeWords(to, clampLanes(sum, f32x4.splat(a.clampMin), f32x4.splat(a.clampMax)), columns);
}
