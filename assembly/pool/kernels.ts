import { F32_AVERAGE, F32_MAX, poolRows, QS16_AVERAGE, QS16_MAX, QS8_AVERAGE, QS8_MAX } from "./rows";

/** Maximum over a window. A tile is one output row; reads up to 15 bytes past the input. */
export function qs8_maxpool(args: usize, begin: i32, end: i32): void {
  poolRows(args, begin, end, QS8_MAX);
}

/** Mean over a window, TFLite's rounding. A tile is one output row; reads up to 15 bytes past the input. */
export function qs8_avgpool(args: usize, begin: i32, end: i32): void {
  poolRows(args, begin, end, QS8_AVERAGE);
}

/** Maximum over a window. A tile is one output row. */
export function f32_maxpool(args: usize, begin: i32, end: i32): void {
  poolRows(args, begin, end, F32_MAX);
}

/** Mean over a window. A tile is one output row. */
export function f32_avgpool(args: usize, begin: i32, end: i32): void {
  poolRows(args, begin, end, F32_AVERAGE);
}

/** Maximum over a window. A tile is one output row. */
export function qs16_maxpool(args: usize, begin: i32, end: i32): void {
  poolRows(args, begin, end, QS16_MAX);
}

/** Mean over a window, TFLite's rounding. A tile is one output row. */
export function qs16_avgpool(args: usize, begin: i32, end: i32): void {
  poolRows(args, begin, end, QS16_AVERAGE);
}
