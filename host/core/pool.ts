import type { Shape } from "./shape.js";

interface Pool {
  readonly filter: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
}

/**
 * For every output pixel, in order: `visit(outputAt, taps)` with the offset of its first channel and the offsets of the
 * first channels of the input pixels its window covers, row by row. Padded taps are not among them.
 */
export function forEachWindow(
  input: Shape,
  output: Shape,
  { filter, stride, padding }: Pool,
  visit: (outputAt: number, taps: readonly number[]) => void,
): void {
  const [batches, height, width, channels] = input as [number, number, number, number];
  const [, outHeight, outWidth] = output as [number, number, number, number];
  const [filterHeight, filterWidth] = filter as [number, number];
  const [strideY, strideX] = stride as [number, number];
  const [top, left] = padding as [number, number];
  let outputAt = 0;
  for (let n = 0; n < batches; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const taps: number[] = [];
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = oy * strideY - top + ky;
          if (y < 0 || y >= height) continue;
          for (let kx = 0; kx < filterWidth; kx++) {
            const x = ox * strideX - left + kx;
            if (x >= 0 && x < width) taps.push(((n * height + y) * width + x) * channels);
          }
        }
        visit(outputAt, taps);
        outputAt += channels;
      }
    }
  }
}
