import { PoolArgs } from "./args";
import { qs8AveragePixel, f32AveragePixel } from "./average";
import { qs8MaxPixel, f32MaxPixel } from "./max";
import { qs16Pixel } from "./wide";

// @ts-ignore: decorator
@inline
export const QS8_MAX = 0;
// @ts-ignore: decorator
@inline
export const QS8_AVERAGE = 1;
// @ts-ignore: decorator
@inline
export const F32_MAX = 2;
// @ts-ignore: decorator
@inline
export const F32_AVERAGE = 3;
// @ts-ignore: decorator
@inline
export const QS16_MAX = 4;
// @ts-ignore: decorator
@inline
export const QS16_AVERAGE = 5;

/**
 * Walks the output rows [begin, end) of all images and hands every pixel's window, cut at the image's borders, to the
 * function of `kind`: `rows` × `columns` taps, at least one, `fromRow` bytes from one row to the next. One function for
 * all kinds: asking per pixel costs nothing measurable, a copy per kernel costs 250 bytes each.
 */
export function poolRows(args: usize, begin: i32, end: i32, kind: i32): void {
  const a = changetype<PoolArgs>(args);
  const pixelBytes = <usize>a.channels << (kind >= QS16_MAX ? 1 : kind >= F32_MAX ? 2 : 0);
  const fromRow = <usize>a.inputWidth * pixelBytes;
  let to = a.output + <usize>begin * <usize>a.outputWidth * pixelBytes;
  for (let tile = begin; tile < end; tile++) {
    const image = tile / a.outputHeight;
    const y = (tile - image * a.outputHeight) * a.strideHeight - a.padTop;
    const top = max(y, 0);
    const rows = min(y + a.filterHeight, a.inputHeight) - top;
    const row = a.input + <usize>(image * a.inputHeight + top) * fromRow;
    let x = -a.padLeft;
    for (let i = 0; i < a.outputWidth; i++) {
      const left = max(x, 0);
      const columns = min(x + a.filterWidth, a.inputWidth) - left;
      const from = row + <usize>left * pixelBytes;
      if (kind === QS8_MAX) qs8MaxPixel(a, to, from, fromRow, rows, columns);
      else if (kind === QS8_AVERAGE) qs8AveragePixel(a, to, from, fromRow, rows, columns);
      else if (kind === F32_MAX) f32MaxPixel(a, to, from, fromRow, rows, columns);
      else if (kind >= QS16_MAX) qs16Pixel(a, to, from, fromRow, rows, columns, kind == QS16_AVERAGE);
      else f32AveragePixel(a, to, from, fromRow, rows, columns);
      x += a.strideWidth;
      to += pixelBytes;
    }
  }
}
