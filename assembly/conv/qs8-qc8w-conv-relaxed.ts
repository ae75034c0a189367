import { gemmPanel } from "../gemm/qs8-qc8w-gemm";
import { flipCopy } from "../lanes/activations";
import { dot, NARROW } from "../lanes/dot";
import { ConvArgs } from "../window/args";
import { FLIPPED, slideRows } from "../window/rows";
import { writeLines } from "../window/taps";
import { gatherNarrow } from "./gather";

/**
 * Patches are gathered into scratch, `blockRows` output pixels at a time. Panels of 16 columns in 2×16 tiles; a
 * remainder of 8 or less is one panel of 8 in 4×8 tiles.
 */
export function qs8_qc8w_conv_2x16c4(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  store<u32>(a.table, <u32>a.scratch);
  for (let m = begin; m < end; m += a.blockRows) {
    const rows = min(a.blockRows, end - m);
    for (let group = 0; group < a.groups; group++) {
      gatherNarrow(a, m, rows, group);
      if (a.weightsZeroPoint != 0) writeRowTerms(a, rows);
      const column = <usize>m * <usize>a.outputChannels + <usize>(group * a.groupOut);
      multiply(a, rows, 1, a.kPadded, a.weights + <usize>group * <usize>a.groupBytes, a.output + column);
    }
  }
}

/**
 * No gathering: windows slide over padded rows, and a patch is one run of neighbouring elements per kernel line. One
 * group, no horizontal dilation.
 */
export function qs8_qc8w_conv_rows_2x16c4(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const pixel = a.strideWidth * a.inputChannels;
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(FLIPPED, a, tile, filled);
    writeLines(a, y * a.strideHeight);
    const out = a.output + <usize>tile * <usize>(a.outputWidth * a.outputChannels);
    multiply(a, a.outputWidth, a.kernelHeight, pixel, a.weights, out);
  }
}

/** `rows` output pixels, `step` activations apart in every segment, against all panels of a group. */
function multiply(a: ConvArgs, rows: i32, segments: i32, step: i32, packed: usize, c: usize): void {
  const pitch = (<usize>step) << 0;
  const segmentBytes = (<usize>a.kPadded) << 4;
  let panel = packed;
  let columns = a.groupOut;
  for (; columns > 8; columns -= 16) {
    panel16(a, rows, segments, pitch, panel, segmentBytes, c, columns);
    panel += 128 + <usize>segments * segmentBytes;
    c += 16;
  }
  if (columns > 0) panel8(a, rows, segments, pitch, panel, segmentBytes >> 1, c, columns);
}

function panel16(
  a: ConvArgs,
  rows: i32,
  segments: i32,
  pitch: usize,
  panel: usize,
  segmentBytes: usize,
  c: usize,
  columns: i32,
): void {
  const ldc = <usize>a.outputChannels;
  const zp = a.zeroPoint;
  const terms: usize = rowTerms(a);
  gemmPanel(NARROW, 2, 4, rows, a.table, pitch, panel, segments, segmentBytes, c, ldc, columns, zp, a.clampMin, a.clampMax, a.spill, terms);
}

function panel8(
  a: ConvArgs,
  rows: i32,
  segments: i32,
  pitch: usize,
  panel: usize,
  segmentBytes: usize,
  c: usize,
  columns: i32,
): void {
  const ldc = <usize>a.outputChannels;
  const zp = a.zeroPoint;
  const terms: usize = rowTerms(a);
  gemmPanel(NARROW, 4, 2, rows, a.table, pitch, panel, segments, segmentBytes, c, ldc, columns, zp, a.clampMin, a.clampMax, a.spill, terms);
}

/**
 * One row against panels of 32, a remainder of 16 or less being a panel of 16: fully connected layers. A tile is a
 * panel; one group, pointwise.
 */
export function qs8_qc8w_gemv_1x32c4(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const depthBytes = (<usize>a.kPadded) << 5;
  flipCopy(a.scratch, a.input, a.k);
  store<u32>(a.table, <u32>a.scratch);
  if (a.weightsZeroPoint != 0) writeRowTerms(a, 1);
  const terms = rowTerms(a);
  for (let tile = begin; tile < end; tile++) {
    const panel = a.weights + <usize>tile * (256 + depthBytes);
    const c = a.output + <usize>(tile * 32);
    const columns = a.groupOut - tile * 32;
    const zp = a.zeroPoint;
    if (columns > 16) {
      gemmPanel(NARROW, 1, 8, 1, a.table, 0, panel, 1, depthBytes, c, 0, columns, zp, a.clampMin, a.clampMax, a.spill, terms);
    } else {
      const half = depthBytes >> 1;
      gemmPanel(NARROW, 1, 4, 1, a.table, 0, panel, 1, half, c, 0, columns, zp, a.clampMin, a.clampMax, a.spill, terms);
    }
  }
}

// @ts-ignore: decorator
@inline
function rowTerms(a: ConvArgs): usize {
  return a.weightsZeroPoint != 0 ? a.spill + 64 : 0;
}

/**
 * −weightsZeroPoint · Σ of each scratch row, behind the spill area: what uint8 weights, stored 128 lower and so with a
 * zero point, add to every output of the row. Sets the row's padding to 0 first.
 */
function writeRowTerms(a: ConvArgs, rows: i32): void {
  let row = a.scratch;
  let term = a.spill + 64;
  const ones = i8x16.splat(1);
  for (let r = 0; r < rows; r++) {
    for (let k = a.k; k < a.kPadded; k++) store<u8>(row + <usize>k, 0);
    let sums = i32x4.splat(0);
    let k: usize = 0;
    for (; k + 16 <= <usize>a.kPadded; k += 16) sums = dot(NARROW, sums, v128.load(row + k), ones);
    for (; k < <usize>a.kPadded; k += 4) sums = dot(NARROW, sums, v128.load32_zero(row + k), ones);
    sums = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
    sums = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 1, 0, 3, 2));
    store<i32>(term, -a.weightsZeroPoint * i32x4.extract_lane(sums, 0));
    row += <usize>a.kPadded;
    term += 4;
  }
}
