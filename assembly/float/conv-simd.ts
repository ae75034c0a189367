import { clampLanes } from "../lanes/float-clamp";
import { storeWords } from "../lanes/store-words";
import { FloatConvArgs } from "./args";

/** Output channels of a panel, and bytes of one depth value of it. */
const NR = 8;
const STEP: usize = 32;

/** Convolution, 4 neighbouring pixels × 8 channels at a time. A tile is one output pixel. */
export function f32_conv_4x8(args: usize, begin: i32, end: i32): void {
  const a = changetype<FloatConvArgs>(args);
  let m = begin;
  while (m < end) {
    const row = m / a.outputWidth;
    const image = row / a.outputHeight;
    const stop = min((row + 1) * a.outputWidth, end);
    const y = (row - image * a.outputHeight) * a.strideHeight - a.padTop;
    let x = (m - row * a.outputWidth) * a.strideWidth - a.padLeft;
    for (; m < stop; m += 4) {
      pixels(a, m, min(stop - m, 4), image, y, x);
      x += 4 * a.strideWidth;
    }
    m = stop;
  }
}

/** All channels of output pixels [m, m + count), whose windows start at input row y and columns x, x + stride, … */
// @ts-ignore: decorator
@inline
function pixels(a: FloatConvArgs, m: i32, count: i32, image: i32, y: i32, x: i32): void {
  const pixelBytes = <usize>a.inputChannels << 2;
  // Windows may start outside the image; such addresses are only read with an offset that leads back into it.
  const from = a.input + <usize>((image * a.inputHeight + y) * a.inputWidth + x) * pixelBytes;
  const last = x + (count - 1) * a.strideWidth;
  const isInside = x >= 0 && last + (a.kernelWidth - 1) * a.dilationWidth < a.inputWidth;
  let weights = a.weights;
  let to = a.output + <usize>m * (<usize>a.outputChannels << 2);
  for (let group = 0; group < a.groups; group++) {
    const first = from + <usize>(group * a.groupIn) * 4;
    for (let channel = 0; channel < a.groupOut; channel += NR) {
      const channels = min(NR, a.groupOut - channel);
      weights = panel(a, to, channels, count, weights, first, y, x, last, isInside);
      to += <usize>channels << 2;
    }
  }
}

/**
 * One register tile; returns the address behind its weights. Rows from `count` on repeat the last one and are not
 * stored.
 */
function panel(
  a: FloatConvArgs,
  to: usize,
  channels: i32,
  count: i32,
  weights: usize,
  from: usize,
  y: i32,
  x: i32,
  last: i32,
  isInside: bool,
): usize {
  const pixelBytes = <usize>a.inputChannels << 2;
  const x1 = min(x + a.strideWidth, last);
  const x2 = min(x + 2 * a.strideWidth, last);
  const p1 = from + <usize>(x1 - x) * pixelBytes;
  const p2 = from + <usize>(x2 - x) * pixelBytes;
  const p3 = from + <usize>(last - x) * pixelBytes;
  const steps = isInside ? a.runs : a.kernelWidth;
  const bytes = isInside ? a.runBytes : <usize>a.groupIn << 2;
  let acc00 = v128.load(weights);
  let acc01 = v128.load(weights, 16);
  let acc10 = acc00;
  let acc11 = acc01;
  let acc20 = acc00;
  let acc21 = acc01;
  let acc30 = acc00;
  let acc31 = acc01;
  let w = weights + STEP;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    const dy = ky * a.dilationHeight;
    if (<u32>(y + dy) >= <u32>a.inputHeight) {
      w += <usize>(a.kernelWidth * a.groupIn) * STEP;
      continue;
    }
    for (let kx = 0; kx < steps; kx++) {
      const dx = kx * a.dilationWidth;
      let at = <usize>(dy * a.inputWidth + dx) * pixelBytes;
      const wEnd = w + (bytes << 3);
      if (isInside || (x + dx >= 0 && last + dx < a.inputWidth)) {
        do {
          const b0 = v128.load(w);
          const b1 = v128.load(w, 16);
          const a0 = v128.load32_splat(from + at);
          acc00 = f32x4.add(acc00, f32x4.mul(a0, b0));
          acc01 = f32x4.add(acc01, f32x4.mul(a0, b1));
          const a1 = v128.load32_splat(p1 + at);
          acc10 = f32x4.add(acc10, f32x4.mul(a1, b0));
          acc11 = f32x4.add(acc11, f32x4.mul(a1, b1));
          const a2 = v128.load32_splat(p2 + at);
          acc20 = f32x4.add(acc20, f32x4.mul(a2, b0));
          acc21 = f32x4.add(acc21, f32x4.mul(a2, b1));
          const a3 = v128.load32_splat(p3 + at);
          acc30 = f32x4.add(acc30, f32x4.mul(a3, b0));
          acc31 = f32x4.add(acc31, f32x4.mul(a3, b1));
          at += 4;
          w += STEP;
        } while (w < wEnd);
        continue;
      }
      // Some of the pixels see this tap, the others must not add anything: one pixel at a time.
      if (<u32>(x + dx) < <u32>a.inputWidth) {
        let p = from + at;
        for (let b = w; b < wEnd; b += STEP) {
          const value = v128.load32_splat(p);
          acc00 = f32x4.add(acc00, f32x4.mul(value, v128.load(b)));
          acc01 = f32x4.add(acc01, f32x4.mul(value, v128.load(b, 16)));
          p += 4;
        }
      }
      if (<u32>(x1 + dx) < <u32>a.inputWidth) {
        let p = p1 + at;
        for (let b = w; b < wEnd; b += STEP) {
          const value = v128.load32_splat(p);
          acc10 = f32x4.add(acc10, f32x4.mul(value, v128.load(b)));
          acc11 = f32x4.add(acc11, f32x4.mul(value, v128.load(b, 16)));
          p += 4;
        }
      }
      if (<u32>(x2 + dx) < <u32>a.inputWidth) {
        let p = p2 + at;
        for (let b = w; b < wEnd; b += STEP) {
          const value = v128.load32_splat(p);
          acc20 = f32x4.add(acc20, f32x4.mul(value, v128.load(b)));
          acc21 = f32x4.add(acc21, f32x4.mul(value, v128.load(b, 16)));
          p += 4;
        }
      }
      if (<u32>(last + dx) < <u32>a.inputWidth) {
        let p = p3 + at;
        for (let b = w; b < wEnd; b += STEP) {
          const value = v128.load32_splat(p);
          acc30 = f32x4.add(acc30, f32x4.mul(value, v128.load(b)));
          acc31 = f32x4.add(acc31, f32x4.mul(value, v128.load(b, 16)));
          p += 4;
        }
      }
      w = wEnd;
    }
  }
  const outputBytes = <usize>a.outputChannels << 2;
  const lowest = f32x4.splat(a.clampMin);
  const highest = f32x4.splat(a.clampMax);
  storeWords(to, clampLanes(acc00, lowest, highest), channels);
  storeWords(to + 16, clampLanes(acc01, lowest, highest), channels - 4);
  if (count > 1) {
    storeWords(to + outputBytes, clampLanes(acc10, lowest, highest), channels);
    storeWords(to + outputBytes + 16, clampLanes(acc11, lowest, highest), channels - 4);
  }
  if (count > 2) {
    storeWords(to + 2 * outputBytes, clampLanes(acc20, lowest, highest), channels);
    storeWords(to + 2 * outputBytes + 16, clampLanes(acc21, lowest, highest), channels - 4);
  }
  if (count > 3) {
    storeWords(to + 3 * outputBytes, clampLanes(acc30, lowest, highest), channels);
    storeWords(to + 3 * outputBytes + 16, clampLanes(acc31, lowest, highest), channels - 4);
  }
  return w;
}
