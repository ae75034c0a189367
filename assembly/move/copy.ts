import { copyBytes } from "../lanes/copy";
import { offset4 } from "../lanes/offset";

/** A box of runs: four outer axes, then `rows`. Strides are bytes: `from…` in the input, `to…` in the output. */
// @ts-ignore: decorator
@unmanaged
export class CopyArgs {
  input: usize;
  output: usize;
  /** Bytes of one run, contiguous on both sides; at least 1. */
  run: usize;
  rows: usize;
  count1: usize;
  count2: usize;
  count3: usize;
  from0: usize;
  from1: usize;
  from2: usize;
  from3: usize;
  fromRow: usize;
  to0: usize;
  to1: usize;
  to2: usize;
  to3: usize;
  toRow: usize;
}

/**
 * Copies runs of bytes between two strided boxes: reshape, concatenation, split, pad's inside, slice, and transposes
 * that keep the innermost axis. A tile is one run.
 */
export function x8_copy(args: usize, begin: i32, end: i32): void {
  const a = changetype<CopyArgs>(args);
  const run = a.run;
  const rows = a.rows;
  const fromRow = a.fromRow;
  const toRow = a.toRow;
  let tile = <usize>begin;
  while (tile < <usize>end) {
    const outer = tile / rows;
    const row = tile - outer * rows;
    const count = min(rows - row, <usize>end - tile);
    let from =
      a.input + row * fromRow + offset4(outer, a.count1, a.count2, a.count3, a.from0, a.from1, a.from2, a.from3);
    let to = a.output + row * toRow + offset4(outer, a.count1, a.count2, a.count3, a.to0, a.to1, a.to2, a.to3);
    for (let i: usize = 0; i < count; i++) {
      copyBytes(to, from, run);
      from += fromRow;
      to += toRow;
    }
    tile += count;
  }
}
