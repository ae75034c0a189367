import { HAS_SIMD } from "../lanes/features";
import { clampFloat, clampLanes } from "../lanes/float-clamp";
import { storeWords } from "../lanes/store-words";
import { FloatConvArgs } from "./args";

/**
 * Depthwise convolution with one output channel per input channel. `weights` is bias[channels], then
 * [kernelHeight][kernelWidth][channels]. A tile is one output row; reads up to 12 bytes past input and weights.
 */
export function f32_dwconv(args: usize, begin: i32, end: i32): void {
  const a = changetype<FloatConvArgs>(args);
  const pixelBytes = <usize>a.inputChannels << 2;
  let to = a.output + <usize>(begin * a.outputWidth) * pixelBytes;
  for (let tile = begin; tile < end; tile++) {
    const image = tile / a.outputHeight;
    const y = (tile - image * a.outputHeight) * a.strideHeight - a.padTop;
    // The taps inside the image are rows [top, bottom) and columns [left, right) of the window.
    const top = firstTap(y, a.dilationHeight);
    const bottom = endTap(y, a.dilationHeight, a.inputHeight, a.kernelHeight);
    const row = image * a.inputHeight + y + top * a.dilationHeight;
    let x = -a.padLeft;
    for (let i = 0; i < a.outputWidth; i++) {
      const left = firstTap(x, a.dilationWidth);
      const right = endTap(x, a.dilationWidth, a.inputWidth, a.kernelWidth);
      const from = a.input + <usize>(row * a.inputWidth + x + left * a.dilationWidth) * pixelBytes;
      const weights = a.weights + <usize>(1 + top * a.kernelWidth + left) * pixelBytes;
      pixel(a, to, from, weights, bottom - top, right - left);
      x += a.strideWidth;
      to += pixelBytes;
    }
  }
}

/** First k ≥ 0 with position + k · dilation ≥ 0. */
// @ts-ignore: decorator
@inline
function firstTap(position: i32, dilation: i32): i32 {
  return position >= 0 ? 0 : (dilation - 1 - position) / dilation;
}

/** Behind the last k < kernel with position + k · dilation < size. */
// @ts-ignore: decorator
@inline
function endTap(position: i32, dilation: i32, size: i32, kernel: i32): i32 {
  return position + (kernel - 1) * dilation < size ? kernel : (size - position + dilation - 1) / dilation;
}

/** `rows` × `columns` taps, none of them padding, maybe none at all. */
// @ts-ignore: decorator
@inline
function pixel(a: FloatConvArgs, to: usize, from: usize, weights: usize, rows: i32, columns: i32): void {
  const bytes = <usize>a.inputChannels << 2;
  const tapBytes = <usize>a.dilationWidth * bytes;
  const rowBytes = <usize>(a.dilationHeight * a.inputWidth) * bytes;
  const weightRowBytes = <usize>a.kernelWidth * bytes;
  let c: usize = 0;
  if (HAS_SIMD) {
    const lowest = f32x4.splat(a.clampMin);
    const highest = f32x4.splat(a.clampMax);
    for (; c + 64 <= bytes; c += 64) {
      let acc0 = v128.load(a.weights + c);
      let acc1 = v128.load(a.weights + c, 16);
      let acc2 = v128.load(a.weights + c, 32);
      let acc3 = v128.load(a.weights + c, 48);
      for (let ky = 0; ky < rows; ky++) {
        let p = from + c + <usize>ky * rowBytes;
        let w = weights + c + <usize>ky * weightRowBytes;
        for (let kx = 0; kx < columns; kx++) {
          acc0 = f32x4.add(acc0, f32x4.mul(v128.load(p), v128.load(w)));
          acc1 = f32x4.add(acc1, f32x4.mul(v128.load(p, 16), v128.load(w, 16)));
          acc2 = f32x4.add(acc2, f32x4.mul(v128.load(p, 32), v128.load(w, 32)));
          acc3 = f32x4.add(acc3, f32x4.mul(v128.load(p, 48), v128.load(w, 48)));
          p += tapBytes;
          w += bytes;
        }
      }
      v128.store(to + c, clampLanes(acc0, lowest, highest));
      v128.store(to + c, clampLanes(acc1, lowest, highest), 16);
      v128.store(to + c, clampLanes(acc2, lowest, highest), 32);
      v128.store(to + c, clampLanes(acc3, lowest, highest), 48);
    }
    for (; c < bytes; c += 16) {
      let acc = v128.load(a.weights + c);
      for (let ky = 0; ky < rows; ky++) {
        let p = from + c + <usize>ky * rowBytes;
        let w = weights + c + <usize>ky * weightRowBytes;
        for (let kx = 0; kx < columns; kx++) {
          acc = f32x4.add(acc, f32x4.mul(v128.load(p), v128.load(w)));
          p += tapBytes;
          w += bytes;
        }
      }
      storeWords(to + c, clampLanes(acc, lowest, highest), <i32>((bytes - c) >> 2));
    }
  } else {
    for (; c + 16 <= bytes; c += 16) {
      let acc0 = load<f32>(a.weights + c);
      let acc1 = load<f32>(a.weights + c, 4);
      let acc2 = load<f32>(a.weights + c, 8);
      let acc3 = load<f32>(a.weights + c, 12);
      for (let ky = 0; ky < rows; ky++) {
        let p = from + c + <usize>ky * rowBytes;
        let w = weights + c + <usize>ky * weightRowBytes;
        for (let kx = 0; kx < columns; kx++) {
          acc0 += load<f32>(p) * load<f32>(w);
          acc1 += load<f32>(p, 4) * load<f32>(w, 4);
          acc2 += load<f32>(p, 8) * load<f32>(w, 8);
          acc3 += load<f32>(p, 12) * load<f32>(w, 12);
          p += tapBytes;
          w += bytes;
        }
      }
      store<f32>(to + c, clampFloat(acc0, a.clampMin, a.clampMax));
      store<f32>(to + c, clampFloat(acc1, a.clampMin, a.clampMax), 4);
      store<f32>(to + c, clampFloat(acc2, a.clampMin, a.clampMax), 8);
      store<f32>(to + c, clampFloat(acc3, a.clampMin, a.clampMax), 12);
    }
    for (; c < bytes; c += 4) {
      let acc = load<f32>(a.weights + c);
      for (let ky = 0; ky < rows; ky++) {
        let p = from + c + <usize>ky * rowBytes;
        let w = weights + c + <usize>ky * weightRowBytes;
        for (let kx = 0; kx < columns; kx++) {
          acc += load<f32>(p) * load<f32>(w);
          p += tapBytes;
          w += bytes;
        }
      }
      store<f32>(to + c, clampFloat(acc, a.clampMin, a.clampMax));
    }
  }
}
