/** `bytes` bytes of `value`, in blocks of `block`. */
// @ts-ignore: decorator
@unmanaged
export class FillArgs {
  output: usize;
  bytes: usize;
  block: usize;
  value: usize;
}

/** Sets every byte of the output: what pad leaves around its input. A tile is one block. */
export function x8_fill(args: usize, begin: i32, end: i32): void {
  const a = changetype<FillArgs>(args);
  const first = <usize>begin * a.block;
  const last = min(<usize>end * a.block, a.bytes);
  memory.fill(a.output + first, <u8>a.value, last - first);
}
