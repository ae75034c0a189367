/**
 * NHWC image resizing by tables the host made: per output row {offset of the upper input row, of the lower one, weight}
 * and per output column {left, right, weight}, offsets in bytes. A tile is one output row.
 */
// @ts-ignore: decorator
@unmanaged
export class ResizeArgs {
  input: usize;
  output: usize;
  rows: usize;
  columns: usize;
  outputHeight: usize;
  outputWidth: usize;
  channels: usize;
  /** Bytes from one input image to the next. */
  imageBytes: usize;
  /** int8: −1 when halves round away from zero, 0 when they round up. */
  away: i32;
}
