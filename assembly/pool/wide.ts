import { PoolArgs } from "./args";

/** Maximum, or trunc((S ± n/2) / n) as (15) has it, of int16 values. */
export function qs16Pixel(a: PoolArgs, to: usize, from: usize, fromRow: usize, rows: i32, columns: i32, isAverage: bool): void {
  const pixelBytes = <usize>a.channels << 1;
  const taps = rows * columns;
  for (let c: usize = 0; c < pixelBytes; c += 2) {
    let sum = 0;
    let largest = -32768;
    let row = from + c;
    for (let y = 0; y < rows; y++) {
      let tap = row;
      for (let x = 0; x < columns; x++) {
        const value = <i32>load<i16>(tap);
        sum += value;
        largest = max(largest, value);
        tap += pixelBytes;
      }
      row += fromRow;
    }
    if (isAverage) largest = (sum + (sum > 0 ? taps >> 1 : -(taps >> 1))) / taps;
    store<i16>(to + c, <i16>min(max(largest, <i32>a.clampMin), <i32>a.clampMax));
  }
}
