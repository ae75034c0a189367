/**
 * A convolution, as every int8 convolution kernel reads it. Images are NHWC; a tile is one output pixel (over batch,
 * height and width). Channels come in `groups` runs of `groupIn` input and `groupOut` output channels.
 */
@unmanaged
export class ConvArgs {
  input: usize;
  output: usize;
  /** Packed weights: per group `groupBytes`, see host/wasm/pack.ts. */
  weights: usize;
  /** blockRows rows of kPadded int16, and 64 bytes to spill a partial store. */
  scratch: usize;
  spill: usize;
  inputHeight: i32;
  inputWidth: i32;
  inputChannels: i32;
  outputHeight: i32;
  outputWidth: i32;
  outputChannels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  groups: i32;
  groupIn: i32;
  groupOut: i32;
  groupBytes: i32;
  /** kernelHeight · kernelWidth · groupIn, and the same rounded up to the kernel's kr. */
  k: i32;
  kPadded: i32;
  /** Output pixels gathered at a time. */
  blockRows: i32;
  /** 1 when output pixel m reads exactly input pixel m: a 1×1 kernel, stride 1, no padding, one group. */
  isPointwise: i32;
  /** What a padded tap reads: the input's zero point. */
  padValue: i32;
  zeroPoint: i32;
  clampMin: i32;
  clampMax: i32;
}
