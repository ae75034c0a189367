import { clampLanes } from "../lanes/float-clamp";
import { storeWords } from "../lanes/store-words";
import { FloatConvArgs } from "./args";

/** Output channels of a panel, and bytes of one depth value of it. */
// @ts-ignore: decorator
@inline
export const NR = 8;
const STEP: usize = 32;

/**
 * One register tile: `count` pixels × `channels` of the panel at `weights`; returns the address behind the panel. Pixels
 * from `count` on repeat the last one and are not stored.
 *
 * The first window starts at input row `y`, column `x` and address `from`, the last one at column `last`; `isInside`
 * says that no window reaches past the left or right border.
 */
export function panel(
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
