import { F32, QS8, QU8, QU8_REFERENCE, resizeRows } from "./rows";

/** Bilinear on int8 in integers. A tile is one output row; reads up to 15 bytes past the input. */
export function qs8_ibilinear(args: usize, begin: i32, end: i32): void {
  resizeRows(args, begin, end, QS8);
}

/** Bilinear on int8 that stands for uint8, in float32. A tile is one output row; reads up to 15 bytes past the input. */
export function qu8_ibilinear(args: usize, begin: i32, end: i32): void {
  resizeRows(args, begin, end, QU8);
}

/** The same as TFLite's reference kernel multiplies. A tile is one output row; reads up to 15 bytes past the input. */
export function qu8_ibilinear_reference(args: usize, begin: i32, end: i32): void {
  resizeRows(args, begin, end, QU8_REFERENCE);
}

/** Bilinear on float32. A tile is one output row. */
export function f32_ibilinear(args: usize, begin: i32, end: i32): void {
  resizeRows(args, begin, end, F32);
}
