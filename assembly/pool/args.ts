/** A pooling window over an NHWC image. A tile is one output row. */
// @ts-ignore: decorator
@unmanaged
export class PoolArgs {
  input: usize;
  output: usize;
  inputHeight: i32;
  inputWidth: i32;
  channels: i32;
  outputHeight: i32;
  outputWidth: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  padTop: i32;
  padLeft: i32;
  /** Range of the activation, in units of the output: integers where that is int8. */
  clampMin: f32;
  clampMax: f32;
  /** 128 when the sums are of values + 128, as in uint8 models; else 0. For averages of int8. */
  shift: i32;
}
