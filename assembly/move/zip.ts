import { HAS_SIMD } from "../lanes/features";
import { offset4 } from "../lanes/offset";
import { TransposeArgs } from "./transpose";

/** Columns of one tile. */
const WIDTH: usize = 1024;

/**
 * Interleaves three planes: x8_transpose for `rows` 3, where blocks of 16 rows do not fit. RGB pictures, NCHW to NHWC.
 * Requires `fromColumn` 1 and `toColumn` 3. A tile is 1024 columns.
 */
export function x8_zip_x3(args: usize, begin: i32, end: i32): void {
  zip<u8>(args, begin, end);
}

/** The same for 4-byte elements: `fromColumn` 4 and `toColumn` 12. */
export function x32_zip_x3(args: usize, begin: i32, end: i32): void {
  zip<u32>(args, begin, end);
}

// @ts-ignore: decorator
@inline
function zip<T>(args: usize, begin: i32, end: i32): void {
  const a = changetype<TransposeArgs>(args);
  const strips = a.strips;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const outer = tile / strips;
    const column = (tile - outer * strips) * WIDTH;
    const from =
      a.input +
      column * sizeof<T>() +
      offset4(outer, a.count1, a.count2, a.count3, a.from0, a.from1, a.from2, a.from3);
    const to =
      a.output +
      column * 3 * sizeof<T>() +
      offset4(outer, a.count1, a.count2, a.count3, a.to0, a.to1, a.to2, a.to3);
    zipRows<T>(to, from, a.fromRow, min(WIDTH, a.columns - column));
  }
}

// @ts-ignore: decorator
@inline
function zipRows<T>(to: usize, a: usize, fromRow: usize, columns: usize): void {
  const b = a + fromRow;
  const c = b + fromRow;
  const bytes = columns * sizeof<T>();
  let i: usize = 0;
  if (HAS_SIMD) {
    for (; i + 16 <= bytes; i += 16) {
      if (sizeof<T>() === 1) zip8(to + 3 * i, v128.load(a + i), v128.load(b + i), v128.load(c + i));
      else zip32(to + 3 * i, v128.load(a + i), v128.load(b + i), v128.load(c + i));
    }
  }
  for (; i < bytes; i += sizeof<T>()) {
    store<T>(to + 3 * i, load<T>(a + i));
    store<T>(to + 3 * i, load<T>(b + i), sizeof<T>());
    store<T>(to + 3 * i, load<T>(c + i), 2 * sizeof<T>());
  }
}

/** Each output vector takes the bytes of a and b first, then those of c into the gaps (written as 0 here). */
// @ts-ignore: decorator
@inline
function zip8(to: usize, a: v128, b: v128, c: v128): void {
  const ab0 = v128.shuffle<i8>(a, b, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
  const ab1 = v128.shuffle<i8>(a, b, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
  const ab2 = v128.shuffle<i8>(a, b, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
  v128.store(to, v128.shuffle<i8>(ab0, c, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  v128.store(to, v128.shuffle<i8>(ab1, c, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16);
  v128.store(to, v128.shuffle<i8>(ab2, c, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32);
}

// @ts-ignore: decorator
@inline
function zip32(to: usize, a: v128, b: v128, c: v128): void {
  const ab0 = v128.shuffle<i32>(a, b, 0, 4, 0, 1);
  const ab1 = v128.shuffle<i32>(a, b, 5, 0, 2, 6);
  const ab2 = v128.shuffle<i32>(a, b, 0, 3, 7, 0);
  v128.store(to, v128.shuffle<i32>(ab0, c, 0, 1, 4, 3));
  v128.store(to, v128.shuffle<i32>(ab1, c, 0, 5, 2, 3), 16);
  v128.store(to, v128.shuffle<i32>(ab2, c, 6, 1, 2, 7), 32);
}
