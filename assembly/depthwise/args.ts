/**
 * A depthwise convolution with multiplier 1; NHWC. A tile is one output row (over batch and height).
 */
@unmanaged
export class DepthwiseArgs {
  input: usize;
  output: usize;
  /** Packed weights, one block per 8 channels; see host/wasm/pack.ts. */
  weights: usize;
  /** `span` padded input rows of `rowBytes`, then one address per tap, then 16 bytes for partial stores. */
  scratch: usize;
  tapTable: usize;
  spill: usize;
  inputHeight: i32;
  inputWidth: i32;
  channels: i32;
  outputHeight: i32;
  outputWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  /** Input rows between the first and the last tap of a window, both included. */
  span: i32;
  rowBytes: i32;
  padValue: i32;
  zeroPoint: i32;
  clampMin: i32;
  clampMax: i32;
}
