import { addAndClamp, multiplyTwice } from "../lanes/fixed-point";
import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";

// @ts-ignore: decorator
@unmanaged
export class VbinaryS8Args {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  /** Position in the list of host/wasm/binary.ts. */
  function: i32;
  /** 1 where the node's first input is `b`. */
  swapped: i32;
  /** Of prelu: of the input, the slope, the output, then the factors. */
  zeroPointX: i32;
  zeroPointY: i32;
  zeroPoint: i32;
  positiveMultiplier: i32;
  positiveShift: i32;
  negativeMultiplier: i32;
  negativeShift: i32;
}

/** Positions in the list of host/wasm/binary.ts; the other is prelu. */
const MAXIMUM = 0;
const MINIMUM = 1;

/**
 * Operations of two int8 inputs that no network does often, so without vectors, eqs. (61) and (64). A tile is a block of a
 * row. The output may be either input.
 */
export function qs8_vbinary(args: usize, begin: i32, end: i32): void {
  const p = changetype<VbinaryS8Args>(args);
  const shape = changetype<BroadcastArgs>(p.shape);
  const step: usize = shape.bScalar ? 0 : 1;
  while (begin < end) {
    const row = begin / shape.rowBlocks;
    const stop = min(end, (row + 1) * shape.rowBlocks);
    const first = (begin - row * shape.rowBlocks) * BLOCK;
    let a = p.a + rowOfA(shape, row) + first;
    let b = p.b + rowOfB(shape, row, first);
    let to = p.output + row * shape.rowLength + first;
    for (const last = a + min((stop - begin) * BLOCK, shape.rowLength - first); a < last; a++) {
      store<i8>(to, <i8>compute(p, <i32>load<i8>(p.swapped ? b : a), <i32>load<i8>(p.swapped ? a : b)));
      b += step;
      to++;
    }
    begin = stop;
  }
}

// @ts-ignore: decorator
@inline
function compute(p: VbinaryS8Args, x: i32, y: i32): i32 {
  if (p.function == MAXIMUM) return max(x, y);
  if (p.function == MINIMUM) return min(x, y);
  const value = x - p.zeroPointX;
  const isPositive = value >= 0;
  const result = multiplyTwice(
    isPositive ? value : value * (y - p.zeroPointY),
    isPositive ? p.positiveMultiplier : p.negativeMultiplier,
    isPositive ? p.positiveShift : p.negativeShift,
  );
  return addAndClamp(result, p.zeroPoint, -128, 127);
}
