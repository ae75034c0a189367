import { FloatConvArgs } from "./args";
import { NR, panel } from "./panel-simd";

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
