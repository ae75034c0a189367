/**
 * A float32 convolution over NHWC images, or a matrix product as one over a single row of pixels. Channels come in
 * `groups` runs of `groupIn` input and `groupOut` output channels.
 *
 * Every output is its bias, then products added one by one in the order (ky, kx, channel), each product and each sum
 * rounded, padded taps left out: docs/quantization.md (43). Kernels keep that order and take several outputs at once.
 */
// @ts-ignore: decorator
@unmanaged
export class FloatConvArgs {
  input: usize;
  output: usize;
  /** Panels of nr output channels, each bias[nr], then [kernelHeight][kernelWidth][groupIn][nr], padded with zeros. */
  weights: usize;
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
  /**
   * How many contiguous runs of input one row of the window is, and their bytes: 1 where the taps touch, else
   * kernelWidth.
   */
  runs: i32;
  runBytes: usize;
  clampMin: f32;
  clampMax: f32;
}
