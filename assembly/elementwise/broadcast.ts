/**
 * How a kernel of two inputs walks its output. NumPy broadcasting, reduced by the host to rows: the output is dense,
 * `a` runs along the row, `b` runs along as well or is one element per row.
 *
 * Behind this struct lie `rank` ≥ 1 axes above the row, the innermost first, 3 words each: size, stride in `a`, stride
 * in `b`, in elements. The outermost size is not read.
 *
 * A tile is a block of at most `BLOCK` elements of one row; tiles that follow each other in a row are done in one go:
 *
 *   while (begin < end) {
 *     const row = begin / shape.rowBlocks;
 *     const stop = min(end, (row + 1) * shape.rowBlocks);
 *     const first = (begin - row * shape.rowBlocks) * BLOCK;
 *     …
 *     begin = stop;
 *   }
 */
// @ts-ignore: decorator
@unmanaged
export class BroadcastArgs {
  rowLength: i32;
  rowBlocks: i32;
  bScalar: i32;
  rank: i32;
}

/** Element of `a` at which row `row` begins. */
// @ts-ignore: decorator
@inline
export function rowOfA(shape: BroadcastArgs, row: i32): usize {
  return rowStart(shape, row, 4);
}

/** Element of `b` that belongs to element `first` of row `row`. */
// @ts-ignore: decorator
@inline
export function rowOfB(shape: BroadcastArgs, row: i32, first: i32): usize {
  return rowStart(shape, row, 8) + (shape.bScalar ? 0 : first);
}

function rowStart(shape: BroadcastArgs, row: u32, stride: usize): usize {
  let axis = changetype<usize>(shape) + offsetof<BroadcastArgs>();
  let start: usize = 0;
  for (let left = shape.rank; left > 1; left--) {
    const size = load<u32>(axis);
    const outer = row / size;
    start += (row - outer * size) * load<u32>(axis + stride);
    row = outer;
    axis += 12;
  }
  return start + row * load<u32>(axis + stride);
}
