import { clampFloat } from "../lanes/float-clamp";
import { FloatConvArgs } from "./args";

/** Output channels of a panel, and bytes of one depth value of it. */
const NR = 4;
const STEP: usize = 16;

/** Convolution without vectors, one pixel × 4 channels at a time. A tile is one output pixel. */
export function f32_conv_1x4(args: usize, begin: i32, end: i32): void {
  const a = changetype<FloatConvArgs>(args);
  for (let m = begin; m < end; m++) {
    const row = m / a.outputWidth;
    const image = row / a.outputHeight;
    const y = (row - image * a.outputHeight) * a.strideHeight - a.padTop;
    const x = (m - row * a.outputWidth) * a.strideWidth - a.padLeft;
    // The window may start outside the image; the address is only read with an offset that leads back into it.
    const from = a.input + <usize>(((image * a.inputHeight + y) * a.inputWidth + x) * a.inputChannels) * 4;
    let weights = a.weights;
    let to = a.output + <usize>(m * a.outputChannels) * 4;
    for (let group = 0; group < a.groups; group++) {
      for (let channel = 0; channel < a.groupOut; channel += NR) {
        const channels = min(NR, a.groupOut - channel);
        weights = panel(a, to, channels, weights, from + <usize>(group * a.groupIn) * 4, y, x);
        to += <usize>channels << 2;
      }
    }
  }
}

/** Four channels of one pixel; returns the address behind their weights. */
function panel(a: FloatConvArgs, to: usize, channels: i32, weights: usize, from: usize, y: i32, x: i32): usize {
  let acc0 = load<f32>(weights);
  let acc1 = load<f32>(weights, 4);
  let acc2 = load<f32>(weights, 8);
  let acc3 = load<f32>(weights, 12);
  let w = weights + STEP;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    const dy = ky * a.dilationHeight;
    for (let kx = 0; kx < a.kernelWidth; kx++) {
      const dx = kx * a.dilationWidth;
      const wEnd = w + <usize>a.groupIn * STEP;
      if (<u32>(y + dy) < <u32>a.inputHeight && <u32>(x + dx) < <u32>a.inputWidth) {
        let p = from + <usize>((dy * a.inputWidth + dx) * a.inputChannels) * 4;
        for (; w < wEnd; w += STEP) {
          const value = load<f32>(p);
          acc0 += value * load<f32>(w);
          acc1 += value * load<f32>(w, 4);
          acc2 += value * load<f32>(w, 8);
          acc3 += value * load<f32>(w, 12);
          p += 4;
        }
      }
      w = wEnd;
    }
  }
  store<f32>(to, clampFloat(acc0, a.clampMin, a.clampMax));
  if (channels > 1) store<f32>(to, clampFloat(acc1, a.clampMin, a.clampMax), 4);
  if (channels > 2) store<f32>(to, clampFloat(acc2, a.clampMin, a.clampMax), 8);
  if (channels > 3) store<f32>(to, clampFloat(acc3, a.clampMin, a.clampMax), 12);
  return w;
}
