import { HAS_SIMD } from "../lanes/features";
import { clampFloat, clampLanes } from "../lanes/float-clamp";
import { storeFirst } from "../lanes/store-first";
import { PoolArgs } from "./args";

/** Taps whose int8 sum surely fits into int16. */
const SHORT_SUM = 256;

/**
 * Taps for which the vector division is exact: |S| + n/2 < 2^24 is an integer that float32 holds, and a quotient that
 * is not whole is further from the next integer than half an ulp.
 */
const EXACT_TAPS = 65536;

/** trunc((S ± n/2) / n), S over values + shift, docs/quantization.md (15). Reads up to 15 bytes past the last tap. */
// @ts-ignore: decorator
@inline
export function qs8AveragePixel(a: PoolArgs, to: usize, from: usize, fromRow: usize, rows: i32, columns: i32): void {
  const channels = <usize>a.channels;
  const taps = rows * columns;
  let c: usize = 0;
  if (HAS_SIMD && taps <= EXACT_TAPS) {
    for (; c < channels; c += 16) averageLanes(a, to, from, c, fromRow, rows, columns);
  }
  for (; c < channels; c++) {
    let sum = taps * a.shift;
    let row = from + c;
    for (let y = 0; y < rows; y++) {
      let tap = row;
      for (let x = 0; x < columns; x++) {
        sum += <i32>load<i8>(tap);
        tap += channels;
      }
      row += fromRow;
    }
    const mean = (sum + (sum > 0 ? taps >> 1 : -(taps >> 1))) / taps - a.shift;
    store<i8>(to + c, <i8>min(max(mean, <i32>a.clampMin), <i32>a.clampMax));
  }
}

/** 16 channels from `c`: int16 sums over parts of the window, int32 over all of it. */
// @ts-ignore: decorator
@inline
function averageLanes(
  a: PoolArgs,
  to: usize,
  from: usize,
  c: usize,
  fromRow: usize,
  rows: i32,
  columns: i32,
): void {
  const channels = <usize>a.channels;
  const taps = rows * columns;
  let s0 = i32x4.splat(taps * a.shift);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const partColumns = min(columns, SHORT_SUM);
  const partRows = SHORT_SUM / partColumns;
  for (let y = 0; y < rows; y += partRows) {
    const yEnd = min(y + partRows, rows);
    for (let x = 0; x < columns; x += partColumns) {
      const width = min(partColumns, columns - x);
      let low = i16x8.splat(0);
      let high = i16x8.splat(0);
      for (let row = y; row < yEnd; row++) {
        let tap = from + c + <usize>row * fromRow + <usize>x * channels;
        for (let i = 0; i < width; i++) {
          low = i16x8.add(low, v128.load8x8_s(tap));
          high = i16x8.add(high, v128.load8x8_s(tap, 8));
          tap += channels;
        }
      }
      s0 = i32x4.add(s0, i32x4.extend_low_i16x8_s(low));
      s1 = i32x4.add(s1, i32x4.extend_high_i16x8_s(low));
      s2 = i32x4.add(s2, i32x4.extend_low_i16x8_s(high));
      s3 = i32x4.add(s3, i32x4.extend_high_i16x8_s(high));
    }
  }
  const half = i32x4.splat(taps >> 1);
  const count = f32x4.splat(<f32>taps);
  const shift = i32x4.splat(a.shift);
  const mean = i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(divide(s0, half, count, shift), divide(s1, half, count, shift)),
    i16x8.narrow_i32x4_s(divide(s2, half, count, shift), divide(s3, half, count, shift)),
  );
  const clamped = i8x16.min_s(i8x16.max_s(mean, i8x16.splat(<i8>a.clampMin)), i8x16.splat(<i8>a.clampMax));
  if (c + 16 <= channels) v128.store(to + c, clamped);
  else storeFirst(to + c, clamped, <i32>(channels - c));
}

// @ts-ignore: decorator
@inline
function divide(sum: v128, half: v128, count: v128, shift: v128): v128 {
  // −half as ~half + 1: xor and subtract the sign. A sum of 0 truncates to 0 either way.
  const sign = i32x4.shr_s(sum, 31);
  const biased = i32x4.add(sum, i32x4.sub(v128.xor(half, sign), sign));
  return i32x4.sub(i32x4.trunc_sat_f32x4_s(f32x4.div(f32x4.convert_i32x4_s(biased), count)), shift);
}

/** The sum is taken row by row in float32, then divided by the number of taps. */
// @ts-ignore: decorator
@inline
export function f32AveragePixel(a: PoolArgs, to: usize, from: usize, fromRow: usize, rows: i32, columns: i32): void {
  const bytes = <usize>a.channels << 2;
  const count = <f32>(rows * columns);
  let c: usize = 0;
  if (HAS_SIMD) {
    const lowest = f32x4.splat(a.clampMin);
    const highest = f32x4.splat(a.clampMax);
    for (; c + 16 <= bytes; c += 16) {
      let sum = f32x4.splat(0);
      let row = from + c;
      for (let y = 0; y < rows; y++) {
        let tap = row;
        for (let x = 0; x < columns; x++) {
          sum = f32x4.add(sum, v128.load(tap));
          tap += bytes;
        }
        row += fromRow;
      }
      v128.store(to + c, clampLanes(f32x4.div(sum, f32x4.splat(count)), lowest, highest));
    }
  }
  for (; c < bytes; c += 4) {
    let sum: f32 = 0;
    let row = from + c;
    for (let y = 0; y < rows; y++) {
      let tap = row;
      for (let x = 0; x < columns; x++) {
        sum += load<f32>(tap);
        tap += bytes;
      }
      row += fromRow;
    }
    store<f32>(to + c, clampFloat(sum / count, a.clampMin, a.clampMax));
  }
}
