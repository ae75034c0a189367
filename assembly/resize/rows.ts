import { ResizeArgs } from "./args";
import { f32Pixel } from "./f32-ibilinear";
import { qs8Pixel } from "./qs8-ibilinear";
import { qu8Pixel, qu8ReferencePixel } from "./qu8-ibilinear";

// @ts-ignore: decorator
@inline
export const QS8 = 0;
// @ts-ignore: decorator
@inline
export const QU8 = 1;
// @ts-ignore: decorator
@inline
export const F32 = 2;
// @ts-ignore: decorator
@inline
export const QU8_REFERENCE = 3;

/** Bytes of one table entry, and where its weight is. */
const ENTRY: usize = 12;
const WEIGHT: usize = 8;

/**
 * Walks the output rows [begin, end) of all images and hands every pixel's four corners to the function of `kind`. One
 * function for all kinds, as in pool/rows.ts.
 */
export function resizeRows(args: usize, begin: i32, end: i32, kind: i32): void {
  const a = changetype<ResizeArgs>(args);
  const pixelBytes = a.channels << (kind === F32 ? 2 : 0);
  let to = a.output + <usize>begin * a.outputWidth * pixelBytes;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const image = tile / a.outputHeight;
    const row = a.rows + (tile - image * a.outputHeight) * ENTRY;
    const from = a.input + image * a.imageBytes;
    const top = from + load<usize>(row);
    const bottom = from + load<usize>(row, 4);
    const wy = row + WEIGHT;
    const stop = a.columns + a.outputWidth * ENTRY;
    for (let column = a.columns; column < stop; column += ENTRY) {
      const left = load<usize>(column);
      const right = load<usize>(column, 4);
      const wx = column + WEIGHT;
      if (kind === QS8) {
        qs8Pixel(a, to, top + left, top + right, bottom + left, bottom + right, load<i32>(wx), load<i32>(wy));
      } else if (kind === QU8) {
        qu8Pixel(a, to, top + left, top + right, bottom + left, bottom + right, load<f32>(wx), load<f32>(wy));
      } else if (kind === QU8_REFERENCE) {
        qu8ReferencePixel(a, to, top + left, top + right, bottom + left, bottom + right, load<f32>(wx), load<f32>(wy));
      } else {
        f32Pixel(a, to, top + left, top + right, bottom + left, bottom + right, load<f32>(wx), load<f32>(wy));
      }
      to += pixelBytes;
    }
  }
}
