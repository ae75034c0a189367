import { HAS_SIMD } from "../lanes/features";
import { x8_block, x32_block } from "./block";
import { offset4 } from "../lanes/offset";

/**
 * output[column][row] = input[row][column], for every position of four outer axes. Strides are bytes. Rows are
 * contiguous in the output; columns usually are in the input (`fromColumn` is the element size).
 */
// @ts-ignore: decorator
@unmanaged
export class TransposeArgs {
  input: usize;
  output: usize;
  rows: usize;
  columns: usize;
  /** Tiles that share one position of the outer axes: ⌈columns / strip width⌉. */
  strips: usize;
  fromRow: usize;
  fromColumn: usize;
  toColumn: usize;
  count1: usize;
  count2: usize;
  count3: usize;
  from0: usize;
  from1: usize;
  from2: usize;
  from3: usize;
  to0: usize;
  to1: usize;
  to2: usize;
  to3: usize;
}

/** Transposes of 1-byte elements, and slices with a stride on the last axis. A tile is 8 columns of all rows. */
export function x8_transpose(args: usize, begin: i32, end: i32): void {
  transpose<u8>(args, begin, end);
}

/** Transposes of 4-byte elements. A tile is 4 columns of all rows. */
export function x32_transpose(args: usize, begin: i32, end: i32): void {
  transpose<u32>(args, begin, end);
}

// @ts-ignore: decorator
@inline
function transpose<T>(args: usize, begin: i32, end: i32): void {
  const width: usize = sizeof<T>() === 1 ? 8 : 4;
  const a = changetype<TransposeArgs>(args);
  const strips = a.strips;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const outer = tile / strips;
    const column = (tile - outer * strips) * width;
    const from =
      a.input +
      column * a.fromColumn +
      offset4(outer, a.count1, a.count2, a.count3, a.from0, a.from1, a.from2, a.from3);
    const to =
      a.output + column * a.toColumn + offset4(outer, a.count1, a.count2, a.count3, a.to0, a.to1, a.to2, a.to3);
    strip<T>(a, from, to, min(width, a.columns - column));
  }
}

/** Reads up to 7 bytes past the last column where `columns` < 8 and elements are bytes. */
// @ts-ignore: decorator
@inline
function strip<T>(a: TransposeArgs, from: usize, to: usize, columns: usize): void {
  const rows = a.rows;
  const fromRow = a.fromRow;
  const fromColumn = a.fromColumn;
  const toColumn = a.toColumn;
  let row: usize = 0;
  if (HAS_SIMD && fromColumn === sizeof<T>()) {
    if (sizeof<T>() === 1) {
      for (; row + 16 <= rows; row += 16) x8_block(to + row, from + row * fromRow, fromRow, toColumn, columns);
    } else if (columns === 4) {
      for (; row + 4 <= rows; row += 4) x32_block(to + row * 4, from + row * fromRow, fromRow, toColumn);
    }
  }
  for (let column: usize = 0; column < columns; column++) {
    let source = from + column * fromColumn + row * fromRow;
    const end = to + column * toColumn + rows * sizeof<T>();
    for (let target = to + column * toColumn + row * sizeof<T>(); target < end; target += sizeof<T>()) {
      store<T>(target, load<T>(source));
      source += fromRow;
    }
  }
}
