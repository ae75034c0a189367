import { offset4 } from "../lanes/offset";

/**
 * A reduction over up to three axes; the kept ones are up to three outer axes, outermost first, and `channels`, which
 * are contiguous. Strides are bytes. A tile is 16 channels at one position of the outer axes.
 */
// @ts-ignore: decorator
@unmanaged
export class ReduceArgs {
  input: usize;
  output: usize;
  channels: usize;
  /** Tiles per position of the outer axes. */
  blocks: usize;
  keepCount1: usize;
  keepCount2: usize;
  keepStride0: usize;
  keepStride1: usize;
  keepStride2: usize;
  /** Reduced axes, outermost first. */
  count0: usize;
  count1: usize;
  count2: usize;
  stride0: usize;
  stride1: usize;
  stride2: usize;
  /** What the sums start from, int8 only. */
  start: i32;
  /** What float32 sums are divided by: their number for means, 1 for sums. */
  divisor: f32;
  /** Position in EXTREMES of host/wasm/reduce.ts, and whether elements are int8: of f32_reduce. */
  function: i32;
  isInt8: i32;
}

/** Address of the first element that position `outer` of the kept axes sums up. */
// @ts-ignore: decorator
@inline
export function firstOf(a: ReduceArgs, outer: usize): usize {
  return (
    a.input +
    offset4(outer, 1, a.keepCount1, a.keepCount2, a.keepStride0, 0, a.keepStride1, a.keepStride2)
  );
}
