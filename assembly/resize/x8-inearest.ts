import { copyBytes } from "../lanes/copy";

/** Tables of byte offsets: `rows` per output row, `columns` per output column. A tile is one output row. */
// @ts-ignore: decorator
@unmanaged
export class NearestArgs {
  input: usize;
  output: usize;
  rows: usize;
  columns: usize;
  outputHeight: usize;
  outputWidth: usize;
  pixelBytes: usize;
  imageBytes: usize;
}

/** Nearest neighbour: every output pixel copies one input pixel, of elements of any size. */
export function x8_inearest(args: usize, begin: i32, end: i32): void {
  const a = changetype<NearestArgs>(args);
  const pixelBytes = a.pixelBytes;
  let to = a.output + <usize>begin * a.outputWidth * pixelBytes;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const image = tile / a.outputHeight;
    const row = tile - image * a.outputHeight;
    const from = a.input + image * a.imageBytes + load<usize>(a.rows + (row << 2));
    const stop = a.columns + (a.outputWidth << 2);
    for (let column = a.columns; column < stop; column += 4) {
      copyBytes(to, from + load<usize>(column), pixelBytes);
      to += pixelBytes;
    }
  }
}
