import { addAndClamp, multiplyTwice } from "../lanes/fixed-point";
import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";

// @ts-ignore: decorator
@unmanaged
export class VaddTfliteArgs {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  /** int32[256]: the scaled input for each stored value & 255. */
  tableA: usize;
  /** Of opposite sign for a difference. */
  tableB: usize;
  multiplier: i32;
  shift: i32;
  zeroPoint: i32;
  min: i32;
  max: i32;
}

/**
 * y = clamp(MBQM(tableA[a] + tableB[b]; multiplier, shift) + zeroPoint, min, max), int8. Eq. (13), "tflite": for
 * the nodes XNNPACK refuses. A tile is a block of a row. The output may be either input.
 */
export function qs8_vadd_tflite(args: usize, begin: i32, end: i32): void {
  const p = changetype<VaddTfliteArgs>(args);
  const shape = changetype<BroadcastArgs>(p.shape);
  while (begin < end) {
    const row = begin / shape.rowBlocks;
    const stop = min(end, (row + 1) * shape.rowBlocks);
    const first = (begin - row * shape.rowBlocks) * BLOCK;
    addRow(
      p,
      p.a + rowOfA(shape, row) + first,
      p.b + rowOfB(shape, row, first),
      shape.bScalar,
      p.output + row * shape.rowLength + first,
      min((stop - begin) * BLOCK, shape.rowLength - first),
    );
    begin = stop;
  }
}

// @ts-ignore: decorator
@inline
function addRow(p: VaddTfliteArgs, a: usize, b: usize, bScalar: i32, to: usize, n: i32): void {
  const step = <usize>!bScalar;
  for (const stop = a + n; a < stop; a++) {
    const scaledA = load<i32>(p.tableA + ((<usize>load<u8>(a)) << 2));
    const scaledB = load<i32>(p.tableB + ((<usize>load<u8>(b)) << 2));
    const sum = multiplyTwice(scaledA + scaledB, p.multiplier, p.shift);
    store<i8>(to, addAndClamp(sum, p.zeroPoint, p.min, p.max));
    b += step;
    to++;
  }
}
