/** Runs of an axis of `size` positions, picked by indices. */
// @ts-ignore: decorator
@unmanaged
export class GatherArgs {
  input: usize;
  output: usize;
  indices: usize;
  /** Bytes of one index: 4 or 8. */
  indexBytes: usize;
  /** Indices of one outer position. */
  count: usize;
  size: i32;
  /** Bytes of one run, contiguous on both sides. */
  run: usize;
}

/**
 * output[outer][i] = input[outer][indices[i]], docs/quantization.md (66). Indices are data: below 0 they count from the
 * end, and then they are clamped to the axis. A tile is one run.
 */
export function x8_gather(args: usize, begin: i32, end: i32): void {
  const a = changetype<GatherArgs>(args);
  const run = a.run;
  let to = a.output + <usize>begin * run;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const outer = tile / a.count;
    const at = a.indices + (tile - outer * a.count) * a.indexBytes;
    let index = a.indexBytes == 8 ? load<i64>(at) : <i64>load<i32>(at);
    if (index < 0) index += a.size;
    index = min(max(index, 0), a.size - 1);
    const from = a.input + (outer * a.size + <usize>index) * run;
    if (run == 4) store<u32>(to, load<u32>(from));
    else if (run == 1) store<u8>(to, load<u8>(from));
    else memory.copy(to, from, run);
    to += run;
  }
}
