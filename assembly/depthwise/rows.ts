import { DepthwiseArgs } from "./args";

/**
 * A window of padded input rows in scratch, so that kernels never look at image borders. Row y (counted from the
 * first padding row) sits in slot y mod span; a following output row only adds the rows it does not share with the
 * one before.
 */

/** Address of padded row `y` of the current image. */
// @ts-ignore: decorator
@inline
export function rowAddress(a: DepthwiseArgs, y: i32): usize {
  return a.scratch + <usize>((y % a.span) * a.rowBytes);
}

/** Fills padded rows [from, to) of image `image`. */
export function fillRows(a: DepthwiseArgs, image: i32, from: i32, to: i32): void {
  const channels = a.channels;
  const lineBytes = a.inputWidth * channels;
  const before = a.padLeft * channels;
  const copied = min(lineBytes, a.rowBytes - before);
  for (let y = from; y < to; y++) {
    const row = rowAddress(a, y);
    const inputY = y - a.padTop;
    if (<u32>inputY >= <u32>a.inputHeight) {
      memory.fill(row, <u8>a.padValue, <usize>a.rowBytes);
      continue;
    }
    const line = a.input + <usize>((image * a.inputHeight + inputY) * lineBytes);
    if (before > 0) memory.fill(row, <u8>a.padValue, <usize>before);
    memory.copy(row + <usize>before, line, <usize>copied);
    const after = a.rowBytes - before - copied;
    if (after > 0) memory.fill(row + <usize>(before + copied), <u8>a.padValue, <usize>after);
  }
}

/**
 * Makes the rows of output row `tile` present; `filled` is the end of what earlier tiles of the same image filled.
 * Returns the new end.
 */
// @ts-ignore: decorator
@inline
export function slideRows(a: DepthwiseArgs, tile: i32, filled: i32): i32 {
  const image = tile / a.outputHeight;
  const top = (tile - image * a.outputHeight) * a.strideHeight;
  fillRows(a, image, max(top, filled), top + a.span);
  return top + a.span;
}
