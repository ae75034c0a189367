import { HAS_SIMD } from "../lanes/features";
import { offset4 } from "../lanes/offset";
import { roundAndClamp, roundNumbers } from "../lanes/round";
import { storeFirst } from "../lanes/store-first";
import { storeWords } from "../lanes/store-words";

/** Rows of int8 as int16 without their zero point, which is what qs8_bmm multiplies. */
// @ts-ignore: decorator
@unmanaged
export class WidenRowsArgs {
  input: usize;
  output: usize;
  depth: i32;
  /** `depth` rounded up to 8; the rest is 0. */
  depthPadded: i32;
  zeroPoint: i32;
}

/** output[row][k] = input[row][k] − zeroPoint. A tile is a row. Reads up to 7 bytes past the input. */
export function qs8_s16_rows(args: usize, begin: i32, end: i32): void {
  const p = changetype<WidenRowsArgs>(args);
  let from = p.input + <usize>begin * p.depth;
  let to = p.output + ((<usize>begin * p.depthPadded) << 1);
  for (let row = begin; row < end; row++) {
    const stop = to + ((<usize>p.depthPadded) << 1);
    const last = to + ((<usize>p.depth) << 1);
    if (HAS_SIMD) {
      const zero = i16x8.splat(<i16>p.zeroPoint);
      let x = from;
      for (; to < last; to += 16) {
        v128.store(to, i16x8.sub(v128.load8x8_s(x), zero));
        x += 8;
      }
      for (let pad = last; pad < stop; pad += 2) store<i16>(pad, 0);
    } else {
      let x = from;
      for (; to < last; to += 2) store<i16>(to, <i16>(<i32>load<i8>(x++) - p.zeroPoint));
      for (; to < stop; to += 2) store<i16>(to, 0);
    }
    to = stop;
    from += p.depth;
  }
}

/** Products of two computed int8 matrices. Strides are bytes. */
// @ts-ignore: decorator
@unmanaged
export class BmmS8Args {
  /** int16 rows of `a`, and the columns of `b` as rows, each of `pitch` bytes. */
  a: usize;
  b: usize;
  output: usize;
  rows: usize;
  columns: usize;
  pitch: usize;
  /** Batch axes, outermost first. */
  count1: usize;
  count2: usize;
  count3: usize;
  a0: usize;
  a1: usize;
  a2: usize;
  a3: usize;
  b0: usize;
  b1: usize;
  b2: usize;
  b3: usize;
  scale: f32;
  zeroPoint: i32;
  /** 1 where the output are the int32 sums themselves. */
  isRaw: i32;
}

/**
 * output[row][column] = clamp(rne(f32(Σ a[row][k] · b[column][k]) · scale) + zeroPoint), docs/quantization.md (2) and (5), or the
 * sum. A tile is a row of the output; two are computed at a time. Reads up to three rows past `b`.
 */
export function qs8_bmm(args: usize, begin: i32, end: i32): void {
  const p = changetype<BmmS8Args>(args);
  const bytes: usize = p.isRaw ? 4 : 1;
  let tile = <usize>begin;
  while (tile < <usize>end) {
    const batch = tile / p.rows;
    const row = tile - batch * p.rows;
    const a = p.a + row * p.pitch + offset4(batch, p.count1, p.count2, p.count3, p.a0, p.a1, p.a2, p.a3);
    const b = p.b + offset4(batch, p.count1, p.count2, p.count3, p.b0, p.b1, p.b2, p.b3);
    const to = p.output + tile * p.columns * bytes;
    if (HAS_SIMD) {
      const count = min(min(p.rows - row, <usize>end - tile), 2);
      for (let column: usize = 0; column < p.columns; column += 4) {
        tile4(p, a, count == 2 ? p.pitch : 0, b + column * p.pitch, to + column * bytes, <i32>(p.columns - column));
      }
      tile += count;
    } else {
      for (let column: usize = 0; column < p.columns; column++) {
        const sum = dotRows(a, b + column * p.pitch, p.pitch);
        if (p.isRaw) store<i32>(to + (column << 2), sum);
        else store<i8>(to + column, roundAndClamp(<f32>sum * p.scale, p.zeroPoint));
      }
      tile++;
    }
  }
}

function dotRows(a: usize, b: usize, bytes: usize): i32 {
  let sum = 0;
  for (const stop = a + bytes; a < stop; a += 2) {
    sum += <i32>load<i16>(a) * <i32>load<i16>(b);
    b += 2;
  }
  return sum;
}

/** Two rows, `second` bytes apart, with four columns; only the first row where `second` is 0. */
function tile4(p: BmmS8Args, a: usize, second: usize, b: usize, to: usize, columns: i32): void {
  const pitch = p.pitch;
  const b2 = b + 2 * pitch;
  let s00 = i32x4.splat(0);
  let s01 = i32x4.splat(0);
  let s02 = i32x4.splat(0);
  let s03 = i32x4.splat(0);
  let s10 = i32x4.splat(0);
  let s11 = i32x4.splat(0);
  let s12 = i32x4.splat(0);
  let s13 = i32x4.splat(0);
  for (let k: usize = 0; k < pitch; k += 16) {
    const x0 = v128.load(a + k);
    const x1 = v128.load(a + second + k);
    const y0 = v128.load(b + k);
    s00 = i32x4.add(s00, i32x4.dot_i16x8_s(x0, y0));
    s10 = i32x4.add(s10, i32x4.dot_i16x8_s(x1, y0));
    const y1 = v128.load(b + pitch + k);
    s01 = i32x4.add(s01, i32x4.dot_i16x8_s(x0, y1));
    s11 = i32x4.add(s11, i32x4.dot_i16x8_s(x1, y1));
    const y2 = v128.load(b2 + k);
    s02 = i32x4.add(s02, i32x4.dot_i16x8_s(x0, y2));
    s12 = i32x4.add(s12, i32x4.dot_i16x8_s(x1, y2));
    const y3 = v128.load(b2 + pitch + k);
    s03 = i32x4.add(s03, i32x4.dot_i16x8_s(x0, y3));
    s13 = i32x4.add(s13, i32x4.dot_i16x8_s(x1, y3));
  }
  storeSums(p, to, sumsOf(s00, s01, s02, s03), columns);
  if (second) storeSums(p, to + (p.isRaw ? p.columns << 2 : p.columns), sumsOf(s10, s11, s12, s13), columns);
}

/** The sum of the lanes of each, as lanes. */
// @ts-ignore: decorator
@inline
function sumsOf(s0: v128, s1: v128, s2: v128, s3: v128): v128 {
  const p01 = i32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
  const p23 = i32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(p01, p23, 0, 2), v128.shuffle<i64>(p01, p23, 1, 3));
}

// @ts-ignore: decorator
@inline
function storeSums(p: BmmS8Args, to: usize, sums: v128, columns: i32): void {
  if (p.isRaw) {
    storeWords(to, sums, columns);
    return;
  }
  const rounded = roundNumbers(f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.splat(p.scale)));
  const words = i16x8.add_sat_s(i16x8.narrow_i32x4_s(rounded, rounded), i16x8.splat(<i16>p.zeroPoint));
  const bytes = i8x16.narrow_i16x8_s(words, words);
  if (columns >= 4) v128.store32_lane(to, bytes, 0);
  else storeFirst(to, bytes, columns);
}
