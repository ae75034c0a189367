import { addAndClamp, multiplyTwice } from "../lanes/fixed-point";
import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";

// @ts-ignore: decorator
@unmanaged
export class VmulTfliteArgs {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  zeroPointA: i32;
  zeroPointB: i32;
  multiplier: i32;
  shift: i32;
  zeroPoint: i32;
  min: i32;
  max: i32;
}

/**
 * y = clamp(MBQM((a − zeroPointA) · (b − zeroPointB); multiplier, shift) + zeroPoint, min, max), int8. Eq. (14),
 * "tflite": for the nodes XNNPACK refuses. A tile is a block of a row. The output may be either input.
 */
export function qs8_vmul_tflite(args: usize, begin: i32, end: i32): void {
  const p = changetype<VmulTfliteArgs>(args);
  const shape = changetype<BroadcastArgs>(p.shape);
  while (begin < end) {
    const row = begin / shape.rowBlocks;
    const stop = min(end, (row + 1) * shape.rowBlocks);
    const first = (begin - row * shape.rowBlocks) * BLOCK;
    multiplyRow(
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
function multiplyRow(p: VmulTfliteArgs, a: usize, b: usize, bScalar: i32, to: usize, n: i32): void {
  const step = <usize>!bScalar;
  for (const stop = a + n; a < stop; a++) {
    const product = (load<i8>(a) - p.zeroPointA) * (load<i8>(b) - p.zeroPointB);
    const scaled = multiplyTwice(product, p.multiplier, p.shift);
    store<i8>(to, addAndClamp(scaled, p.zeroPoint, p.min, p.max));
    b += step;
    to++;
  }
}
