import { byteCopy, byteFill, flipCopy, flipFill, widenCopy, widenFill } from "../lanes/activations";
import { HAS_RELAXED, HAS_SIMD } from "../lanes/features";
import { ConvArgs } from "./args";

/**
 * A window of padded input rows in scratch, so that kernels never look at image borders. Row y (counted from the
 * first padding row) sits in slot y mod span; a following output row only adds the rows it does not share with the
 * one before. Slots are `rowPitch` bytes apart, which leaves 32 bytes for copies that write past a row.
 */

/** What rows hold: int8 as it is, int16, or the 8-bit operand of the relaxed modules. */
// @ts-ignore: decorator
@inline
export const RAW: i32 = 0;
// @ts-ignore: decorator
@inline
export const WIDENED: i32 = 1;
// @ts-ignore: decorator
@inline
export const FLIPPED: i32 = 2;

/** Below this many bytes a loop is done before the engine's own copy has begun. */
const SHORT: i32 = 512;

/** Address of padded row `y` of the current image. */
// @ts-ignore: decorator
@inline
export function rowAddress(a: ConvArgs, y: i32): usize {
  return a.scratch + <usize>((y % a.span) * a.rowPitch);
}

// @ts-ignore: decorator
@inline
function copy(FORM: i32, target: usize, source: usize, count: i32): void {
  if (HAS_RELAXED) {
    if (FORM == FLIPPED) {
      flipCopy(target, source, count);
      return;
    }
  }
  if (FORM == WIDENED) widenCopy(target, source, count);
  else if (HAS_SIMD && count < SHORT) byteCopy(0, target, source, count);
  else memory.copy(target, source, <usize>count);
}

// @ts-ignore: decorator
@inline
function fill(FORM: i32, target: usize, value: i32, count: i32): void {
  if (HAS_RELAXED) {
    if (FORM == FLIPPED) {
      flipFill(target, value, count);
      return;
    }
  }
  if (FORM == WIDENED) widenFill(target, value, count);
  else if (HAS_SIMD && count < SHORT) byteFill(0, target, value, count);
  else memory.fill(target, <u8>value, <usize>count);
}

/** Fills padded rows [from, to) of image `image`. */
// @ts-ignore: decorator
@inline
export function fillRows(FORM: i32, a: ConvArgs, image: i32, from: i32, to: i32): void {
  const shift: usize = FORM == WIDENED ? 1 : 0;
  const lineLength = a.inputWidth * a.inputChannels;
  const before = min(a.padLeft * a.inputChannels, a.rowLength);
  const copied = min(lineLength, a.rowLength - before);
  const after = a.rowLength - before - copied;
  for (let y = from; y < to; y++) {
    const row = rowAddress(a, y);
    const inputY = y - a.padTop;
    if (<u32>inputY >= <u32>a.inputHeight) {
      fill(FORM, row, a.padValue, a.rowLength);
      continue;
    }
    const inside = row + ((<usize>before) << shift);
    if (before > 0) fill(FORM, row, a.padValue, before);
    copy(FORM, inside, a.input + <usize>((image * a.inputHeight + inputY) * lineLength), copied);
    if (after > 0) fill(FORM, inside + ((<usize>copied) << shift), a.padValue, after);
  }
}

/**
 * Makes the rows of output row `tile` present; `filled` is the end of what earlier tiles of the same image filled.
 * Returns the new end.
 */
// @ts-ignore: decorator
@inline
export function slideRows(FORM: i32, a: ConvArgs, tile: i32, filled: i32): i32 {
  const image = tile / a.outputHeight;
  const top = (tile - image * a.outputHeight) * a.strideHeight;
  fillRows(FORM, a, image, max(top, filled), top + a.span);
  return top + a.span;
}
