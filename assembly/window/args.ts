/**
 * A convolution, as every int8 convolution and depthwise kernel reads it. Images are NHWC. A tile is one output pixel
 * where patches are gathered, one output row where windows slide over padded rows (both over the whole batch), and a
 * panel of output channels in a matrix-vector product.
 */
@unmanaged
export class ConvArgs {
  input: usize;
  output: usize;
  /** Packed weights: per group `groupBytes`, see host/wasm/pack.ts. */
  weights: usize;
  /** Gathered patches, or padded rows. */
  scratch: usize;
  /** 64 bytes for partial stores, then an int32 per scratch row for weights with a zero point. */
  spill: usize;
  /** Addresses the kernel writes for itself: of the window's rows or taps. */
  table: usize;
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
  /** Channels come in `groups` runs of `groupIn` input and `groupOut` output channels. */
  groups: i32;
  groupIn: i32;
  groupOut: i32;
  groupBytes: i32;
  /** Depth of one segment: the whole patch, or one line of the kernel; and rounded up to the kernel's kr. */
  k: i32;
  kPadded: i32;
  /** Output pixels gathered at a time. */
  blockRows: i32;
  /** 1 when output pixel m reads exactly input pixel m: a 1×1 kernel, stride 1, no padding, one group. */
  isPointwise: i32;
  /** Input rows between the first and the last tap of a window, both included; elements of a padded row; its bytes. */
  span: i32;
  rowLength: i32;
  rowPitch: i32;
  /** What a padded tap reads: the input's zero point. */
  padValue: i32;
  /** Only where the packed weights still have it: the NARROW family. */
  weightsZeroPoint: i32;
  zeroPoint: i32;
  clampMin: i32;
  clampMax: i32;
}
