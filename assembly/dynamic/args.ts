/**
 * Products of float32 activations with int8 weights: activations are quantized while the model runs, docs/quantization.md
 * (80)–(84), (108). Three steps, each reading what the one before left in shared memory:
 *
 *   f32_qd8_params    one record per range of activations that shares a scale
 *   f32_qd8_rows      padded rows of stored values, in the form that the product's kernel reads
 *   qd8_f32_qc8w_…    the product; a row that is read past its end meets weights that are 0
 *
 * Products of int8 activations whose sums are the output begin with qs8_rows, and their only record is a constant.
 */

/** One range: what values are multiplied with, or in "onnx" divided by, what real 0 is stored as, and the two factors of (83) or (84). */
@unmanaged
export class Range {
  factor: f32;
  zeroPoint: i32;
  accumulatorFactor: f32;
  weightFactor: f32;
}

// @ts-ignore: decorator
@inline
export const RANGE_BYTES: usize = 16;

/** Whose ranges and roundings; `ARITHMETICS` in host/wasm/dynamic.ts. */
// @ts-ignore: decorator
@inline
export const XNNPACK: i32 = 0;
// @ts-ignore: decorator
@inline
export const TFLITE: i32 = 1;
// @ts-ignore: decorator
@inline
export const ONNX: i32 = 2;

/** What DynamicConvArgs.sums may be. */
// @ts-ignore: decorator
@inline
export const RAW: i32 = 1;
// @ts-ignore: decorator
@inline
export const BIASED: i32 = 2;

@unmanaged
export class DynamicParamsArgs {
  input: usize;
  ranges: usize;
  /** Elements of a range. */
  length: i32;
  /** XNNPACK, TFLITE or ONNX: (80), (81) or (108). */
  arithmetic: i32;
  /** 1 for (84), 0 for (83). */
  joinsScales: i32;
}

@unmanaged
export class DynamicRowsArgs {
  input: usize;
  ranges: usize;
  rows: usize;
  /** Of an input line, of the padding before it, and of a padded row. */
  lineLength: i32;
  before: i32;
  rowLength: i32;
  rowPitch: i32;
  inputHeight: i32;
  paddedHeight: i32;
  padTop: i32;
  /** Of a stored value: 2 for int16, else 1. */
  bytes: i32;
  /** 0x80 where a byte is read as uint8, 128 higher; else 0. */
  flip: i32;
  /** XNNPACK, TFLITE or ONNX: the form of (82), or (108). */
  arithmetic: i32;
  /** RANGE_BYTES where every image has its own range, 0 where all have one. */
  imageRangePitch: i32;
}

@unmanaged
export class DynamicConvArgs {
  rows: usize;
  ranges: usize;
  output: usize;
  /** Panels, or for depthwise kernels the tensor as it is, [kernelHeight][kernelWidth][channels]. */
  weights: usize;
  /** float32 or int32 per output channel: bias; for depthwise kernels the scales of the weights behind it. */
  bias: usize;
  outputHeight: i32;
  outputWidth: i32;
  outputChannels: i32;
  groupOut: i32;
  /** Panels of a group, and bytes of one. */
  groupPanels: i32;
  panelBytes: i32;
  /** Bytes from group to group of a pixel, from pixel to pixel of a row, from row to row of a window, between runs. */
  groupPitch: i32;
  pixelPitch: i32;
  linePitch: i32;
  runPitch: i32;
  /** Bytes of a padded image, and those between the rows where two output rows begin. */
  imagePitch: i32;
  rowPitch: i32;
  kernelHeight: i32;
  /** Runs of neighbouring elements in a line of the window, and the length of one rounded up to kr. */
  runs: i32;
  kPadded: i32;
  /** Of an operand; what its zero point is higher by where it is read as uint8. */
  bytes: i32;
  flip: i32;
  /** Only depthwise kernels read it: panels have weights without. */
  weightsZeroPoint: i32;
  /** RANGE_BYTES where every image, or every pixel, has its own range; else 0. */
  imageRangePitch: i32;
  rangePitch: i32;
  /** 1 where a tile is a panel of the only pixel, 0 where it is a pixel. */
  isSingle: i32;
  clampMin: f32;
  clampMax: f32;
  /** RAW where the output are the int32 sums themselves, BIASED where an int32 bias is added to them; else 0. */
  sums: i32;
}
