import { PackArgs } from "./x8-packw";

/** Output channels of a panel. */
const WIDTH: usize = 16;

/**
 * Weights of a 3 × 3 convolution, 4 · G w Gᵀ, into the panels of qs8-qc8w-conv-winograd.ts: of `PackArgs` it takes k input
 * channels in 9 segments, and panels of 16 channels, all complete. A tile is a panel:
 *
 *   int32 bias[16] | int16 weights[16 positions][k / 2][16][2] | float32 scale[16] | range
 */
export function x8_packw_3x3w(args: usize, begin: i32, end: i32): void {
  const a = changetype<PackArgs>(args);
  const k = <usize>a.k;
  const position = k * WIDTH * 2;
  const trailer: usize = 64 + 16 * position;
  for (let panel = begin; panel < end; panel++) {
    const target: usize = a.target + <usize>panel * (trailer + 64 + <usize>a.rangeBytes);
    for (let n: usize = 0; n < WIDTH; n++) {
      const channel = <usize>panel * WIDTH + n;
      const sum = packChannel(a.source + channel * 9 * k, target + 64 + n * 4, k, position, a.zeroPoint);
      const words = a.words + (channel << 2);
      store<i32>(target + (n << 2), load<i32>(words) - a.inputZeroPoint * sum);
      store<i32>(target + trailer + (n << 2), load<i32>(words + (<usize>a.channels << 2)));
    }
    memory.copy(target + trailer + 64, a.range, <usize>a.rangeBytes);
  }
}

/** All weights of one output channel; returns the sum of them less their zero point. */
function packChannel(source: usize, target: usize, k: usize, position: usize, zeroPoint: i32): i32 {
  let sum = 0;
  for (let c: usize = 0; c < k; c++) {
    const at = target + (c >> 1) * 64 + (c & 1) * 2;
    for (let x: usize = 0; x < 3; x++) {
      // A column of the window, transformed, goes where its sums will: 2G takes three numbers to four.
      const tap = source + x * k + c;
      const w0 = <i32>load<i8>(tap) - zeroPoint;
      const w1 = <i32>load<i8>(tap + 3 * k) - zeroPoint;
      const w2 = <i32>load<i8>(tap + 6 * k) - zeroPoint;
      sum += w0 + w1 + w2;
      const column = at + x * position;
      store<i16>(column, <i16>(2 * w0));
      store<i16>(column + 4 * position, <i16>(w0 + w1 + w2));
      store<i16>(column + 8 * position, <i16>(w0 - w1 + w2));
      store<i16>(column + 12 * position, <i16>(2 * w2));
    }
    for (let row = at; row < at + 16 * position; row += 4 * position) {
      const w0 = <i32>load<i16>(row);
      const w1 = <i32>load<i16>(row + position);
      const w2 = <i32>load<i16>(row + 2 * position);
      store<i16>(row, <i16>(2 * w0));
      store<i16>(row + position, <i16>(w0 + w1 + w2));
      store<i16>(row + 2 * position, <i16>(w0 - w1 + w2));
      store<i16>(row + 3 * position, <i16>(2 * w2));
    }
  }
  return sum;
}
