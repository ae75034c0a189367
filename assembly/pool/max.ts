import { HAS_SIMD } from "../lanes/features";
import { clampFloat, clampLanes } from "../lanes/float-clamp";
import { storeFirst } from "../lanes/store-first";
import { PoolArgs } from "./args";

/** Reads up to 15 bytes past the last tap. */
// @ts-ignore: decorator
@inline
export function qs8MaxPixel(a: PoolArgs, to: usize, from: usize, fromRow: usize, rows: i32, columns: i32): void {
  const channels = <usize>a.channels;
  if (HAS_SIMD) {
    const lowest = i8x16.splat(<i8>a.clampMin);
    const highest = i8x16.splat(<i8>a.clampMax);
    for (let c: usize = 0; c < channels; c += 16) {
      let largest = lowest;
      let row = from + c;
      for (let y = 0; y < rows; y++) {
        let tap = row;
        for (let x = 0; x < columns; x++) {
          largest = i8x16.max_s(largest, v128.load(tap));
          tap += channels;
        }
        row += fromRow;
      }
      largest = i8x16.min_s(largest, highest);
      if (c + 16 <= channels) v128.store(to + c, largest);
      else storeFirst(to + c, largest, <i32>(channels - c));
    }
  } else {
    for (let c: usize = 0; c < channels; c++) {
      let largest = <i32>a.clampMin;
      let row = from + c;
      for (let y = 0; y < rows; y++) {
        let tap = row;
        for (let x = 0; x < columns; x++) {
          largest = max(largest, <i32>load<i8>(tap));
          tap += channels;
        }
        row += fromRow;
      }
      store<i8>(to + c, <i8>min(largest, <i32>a.clampMax));
    }
  }
}

/** A tap replaces the largest only if it is greater, so NaN stays where it came first. */
// @ts-ignore: decorator
@inline
export function f32MaxPixel(a: PoolArgs, to: usize, from: usize, fromRow: usize, rows: i32, columns: i32): void {
  const bytes = <usize>a.channels << 2;
  let c: usize = 0;
  if (HAS_SIMD) {
    const lowest = f32x4.splat(a.clampMin);
    const highest = f32x4.splat(a.clampMax);
    for (; c + 16 <= bytes; c += 16) {
      let largest = v128.load(from + c);
      let row = from + c;
      for (let y = 0; y < rows; y++) {
        let tap = row;
        for (let x = 0; x < columns; x++) {
          largest = f32x4.pmax(largest, v128.load(tap));
          tap += bytes;
        }
        row += fromRow;
      }
      v128.store(to + c, clampLanes(largest, lowest, highest));
    }
  }
  for (; c < bytes; c += 4) {
    let largest = load<f32>(from + c);
    let row = from + c;
    for (let y = 0; y < rows; y++) {
      let tap = row;
      for (let x = 0; x < columns; x++) {
        const value = load<f32>(tap);
        largest = select<f32>(value, largest, value > largest);
        tap += bytes;
      }
      row += fromRow;
    }
    store<f32>(to + c, clampFloat(largest, a.clampMin, a.clampMax));
  }
}
