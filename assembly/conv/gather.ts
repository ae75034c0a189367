import { widenCopy, widenFill } from "../lanes/widen";
import { ConvArgs } from "./args";

/**
 * im2col with widening: row r of scratch becomes the patch of output pixel `first + r`, group `group`, as int16 in
 * the order (ky, kx, channel). Taps outside the image read `padValue`. The rest of a row, up to kPadded, keeps
 * whatever it held: the packed weights are zero there.
 */
export function gather(a: ConvArgs, first: i32, rows: i32, group: i32): void {
  const pitch = (<usize>a.kPadded) << 1;
  if (a.isPointwise) {
    gatherPointwise(a, first, rows, pitch);
    return;
  }
  const pixels = a.outputHeight * a.outputWidth;
  let image = first / pixels;
  const inImage = first - image * pixels;
  let oy = inImage / a.outputWidth;
  let ox = inImage - oy * a.outputWidth;
  const imageBytes = <usize>(a.inputHeight * a.inputWidth * a.inputChannels);
  let base = a.input + <usize>image * imageBytes + <usize>(group * a.groupIn);
  let row = a.scratch;
  for (let r = 0; r < rows; r++) {
    gatherPatch(a, base, row, oy * a.strideHeight - a.padTop, ox * a.strideWidth - a.padLeft);
    row += pitch;
    if (++ox == a.outputWidth) {
      ox = 0;
      if (++oy == a.outputHeight) {
        oy = 0;
        base += imageBytes;
      }
    }
  }
}

/** Rows are contiguous in the input; with an even depth, so are they in scratch. */
function gatherPointwise(a: ConvArgs, first: i32, rows: i32, pitch: usize): void {
  const k = a.k;
  let source = a.input + <usize>first * <usize>k;
  if (k == a.kPadded) {
    widenCopy(a.scratch, source, rows * k);
    return;
  }
  let row = a.scratch;
  for (let r = 0; r < rows; r++) {
    widenCopy(row, source, k);
    row += pitch;
    source += <usize>k;
  }
}

/** One patch; `y`, `x` are the input coordinates of its first tap and may lie outside. */
function gatherPatch(a: ConvArgs, base: usize, row: usize, y: i32, x: i32): void {
  const channels = a.groupIn;
  const lineBytes = <usize>(a.inputWidth * a.inputChannels);
  const tapBytes = (<usize>channels) << 1;
  const kernelWidth = a.kernelWidth;
  const isRun = a.dilationWidth == 1 && channels == a.inputChannels;
  let iy = y;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    if (<u32>iy >= <u32>a.inputHeight) {
      widenFill(row, a.padValue, kernelWidth * channels);
    } else if (isRun) {
      gatherRun(a, base + <usize>iy * lineBytes, row, x);
    } else {
      const line = base + <usize>iy * lineBytes;
      let tap = row;
      let ix = x;
      for (let kx = 0; kx < kernelWidth; kx++) {
        if (<u32>ix >= <u32>a.inputWidth) widenFill(tap, a.padValue, channels);
        else widenCopy(tap, line + <usize>(ix * a.inputChannels), channels);
        tap += tapBytes;
        ix += a.dilationWidth;
      }
    }
    row += <usize>kernelWidth * tapBytes;
    iy += a.dilationHeight;
  }
}

/** kernelWidth neighbouring taps of one line: at most one run of padding on each side, one copy between. */
// @ts-ignore: decorator
@inline
function gatherRun(a: ConvArgs, line: usize, row: usize, x: i32): void {
  const channels = a.groupIn;
  const before = x < 0 ? min(-x, a.kernelWidth) : 0;
  const after = min(max(x + a.kernelWidth - a.inputWidth, 0), a.kernelWidth - before);
  const inside = a.kernelWidth - before - after;
  if (before > 0) widenFill(row, a.padValue, before * channels);
  row += (<usize>(before * channels)) << 1;
  widenCopy(row, line + <usize>((x + before) * channels), inside * channels);
  if (after > 0) widenFill(row + ((<usize>(inside * channels)) << 1), a.padValue, after * channels);
}
