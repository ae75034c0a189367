import { byteCopy, byteFill, flipCopy, flipFill, widenCopy, widenFill } from "../lanes/activations";
import { activationShift, EXTMUL, NARROW, WIDE } from "../lanes/dot";
import { HAS_RELAXED, HAS_SIMD } from "../lanes/features";
import { ConvArgs } from "../window/args";

/**
 * im2col: row r of scratch becomes the patch of output pixel `first + r`, group `group`, in the order (ky, kx,
 * channel) and in the activation format of the kernel family. Taps outside the image read `padValue`. The rest of a
 * row, up to kPadded, keeps whatever it held: the packed weights are zero there.
 */
export function gatherWide(a: ConvArgs, first: i32, rows: i32, group: i32): void {
  gather(WIDE, a, first, rows, group);
}

export function gatherNarrow(a: ConvArgs, first: i32, rows: i32, group: i32): void {
  gather(NARROW, a, first, rows, group);
}

export function gatherRaw(a: ConvArgs, first: i32, rows: i32, group: i32): void {
  gather(EXTMUL, a, first, rows, group);
}

// @ts-ignore: decorator
@inline
function copy(FAMILY: i32, target: usize, source: usize, count: i32): void {
  if (HAS_RELAXED) {
    if (FAMILY == NARROW) {
      flipCopy(target, source, count);
      return;
    }
  }
  if (HAS_SIMD) {
    if (FAMILY == EXTMUL) {
      byteCopy(0, target, source, count);
      return;
    }
  }
  widenCopy(target, source, count);
}

// @ts-ignore: decorator
@inline
function fill(FAMILY: i32, target: usize, value: i32, count: i32): void {
  if (HAS_RELAXED) {
    if (FAMILY == NARROW) {
      flipFill(target, value, count);
      return;
    }
  }
  if (HAS_SIMD) {
    if (FAMILY == EXTMUL) {
      byteFill(0, target, value, count);
      return;
    }
  }
  widenFill(target, value, count);
}

// @ts-ignore: decorator
@inline
function gather(FAMILY: i32, a: ConvArgs, first: i32, rows: i32, group: i32): void {
  const pitch = (<usize>a.kPadded) << activationShift(FAMILY);
  if (a.isPointwise) {
    gatherPointwise(FAMILY, a, first, rows, pitch);
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
    gatherPatch(FAMILY, a, base, row, oy * a.strideHeight - a.padTop, ox * a.strideWidth - a.padLeft);
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

/** Rows are contiguous in the input, and where k needs no padding so are they in scratch. */
// @ts-ignore: decorator
@inline
function gatherPointwise(FAMILY: i32, a: ConvArgs, first: i32, rows: i32, pitch: usize): void {
  const k = a.k;
  let source = a.input + <usize>first * <usize>k;
  if (k == a.kPadded) {
    copy(FAMILY, a.scratch, source, rows * k);
    return;
  }
  let row = a.scratch;
  for (let r = 0; r < rows; r++) {
    copy(FAMILY, row, source, k);
    row += pitch;
    source += <usize>k;
  }
}

/** One patch; `y`, `x` are the input coordinates of its first tap and may lie outside. */
// @ts-ignore: decorator
@inline
function gatherPatch(FAMILY: i32, a: ConvArgs, base: usize, patch: usize, y: i32, x: i32): void {
  const channels = a.groupIn;
  const lineBytes = <usize>(a.inputWidth * a.inputChannels);
  const tapBytes = (<usize>channels) << activationShift(FAMILY);
  const kernelWidth = a.kernelWidth;
  const isRun = a.dilationWidth == 1 && channels == a.inputChannels;
  let row = patch;
  let iy = y;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    if (<u32>iy >= <u32>a.inputHeight) {
      fill(FAMILY, row, a.padValue, kernelWidth * channels);
    } else if (isRun) {
      gatherRun(FAMILY, a, base + <usize>iy * lineBytes, row, x);
    } else {
      const line = base + <usize>iy * lineBytes;
      let tap = row;
      let ix = x;
      for (let kx = 0; kx < kernelWidth; kx++) {
        if (<u32>ix >= <u32>a.inputWidth) fill(FAMILY, tap, a.padValue, channels);
        else copy(FAMILY, tap, line + <usize>(ix * a.inputChannels), channels);
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
function gatherRun(FAMILY: i32, a: ConvArgs, line: usize, row: usize, x: i32): void {
  const channels = a.groupIn;
  const before = x < 0 ? min(-x, a.kernelWidth) : 0;
  const after = min(max(x + a.kernelWidth - a.inputWidth, 0), a.kernelWidth - before);
  const inside = a.kernelWidth - before - after;
  const shift = activationShift(FAMILY);
  if (before > 0) fill(FAMILY, row, a.padValue, before * channels);
  const copied = row + ((<usize>(before * channels)) << shift);
  copy(FAMILY, copied, line + <usize>((x + before) * channels), inside * channels);
  if (after > 0) fill(FAMILY, copied + ((<usize>(inside * channels)) << shift), a.padValue, after * channels);
}
