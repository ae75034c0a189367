import { extmulPanel } from "../gemm/qs8-qc8w-gemm-extmul";
import { RANGE_BYTES } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { RAW, slideRows } from "../window/rows";
import { writeLines } from "../window/taps";
import { gatherRaw } from "./gather";
import { rowTerms, writeRowTerms } from "./row-terms";

/**
 * Patches are gathered into scratch as they are, `blockRows` output pixels at a time, or read where they lie when the
 * input's pixels are patches. Panels of 8 columns in 3×8 tiles; the last one or two rows in a tile of their own.
 */
export function qs8_qc8w_conv_3x8c16(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const isInPlace = a.isPointwise && a.weightsZeroPoint == 0;
  const step = isInPlace ? a.k : a.kPadded;
  store<u32>(a.table, <u32>a.scratch);
  for (let m = begin; m < end; m += a.blockRows) {
    const rows = min(a.blockRows, end - m);
    for (let group = 0; group < a.groups; group++) {
      if (isInPlace) store<u32>(a.table, <u32>a.input + m * a.k);
      else gatherRaw(a, m, rows, group);
      if (a.weightsZeroPoint != 0) writeRowTerms(0, a, rows);
      const column = <usize>m * <usize>a.outputChannels + <usize>(group * a.groupOut);
      multiply(a, rows, 1, step, a.weights + <usize>group * <usize>a.groupBytes, a.output + column);
    }
  }
}

/**
 * No gathering: windows slide over padded rows, and a patch is one run of neighbouring elements per kernel line. One
 * group, no horizontal dilation.
 */
export function qs8_qc8w_conv_rows_3x8c16(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const pixel = a.strideWidth * a.inputChannels;
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(RAW, a, tile, filled);
    writeLines(a, y * a.strideHeight);
    const out = a.output + <usize>tile * <usize>(a.outputWidth * a.outputChannels);
    multiply(a, a.outputWidth, a.kernelHeight, pixel, a.weights, out);
  }
}

/** One row against panels of 8: fully connected layers. A tile is a panel; one group, pointwise. */
export function qs8_qc8w_gemv_1x8c16(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  store<u32>(a.table, <u32>a.input);
  if (a.weightsZeroPoint != 0) {
    gatherRaw(a, 0, 1, 0);
    writeRowTerms(0, a, 1);
    store<u32>(a.table, <u32>a.scratch);
  }
  const segmentBytes = (<usize>a.kPadded) << 3;
  for (let tile = begin; tile < end; tile++) {
    const column = tile << 3;
    const panel = a.weights + <usize>tile * (64 + RANGE_BYTES + segmentBytes);
    panel1(a, 0, 1, 0, panel, 1, segmentBytes, a.output + <usize>column, a.groupOut - column);
  }
}

/** `rows` output pixels, `pitch` bytes apart in every segment, against all panels of a group. */
function multiply(a: ConvArgs, rows: i32, segments: i32, pitch: usize, packed: usize, c: usize): void {
  const segmentBytes = (<usize>a.kPadded) << 3;
  const left = rows % 3;
  const whole = rows - left;
  let panel = packed;
  for (let columns = a.groupOut; columns > 0; columns -= 8) {
    panel3(a, 0, whole, pitch, panel, segments, segmentBytes, c, columns);
    if (left == 2) panel2(a, whole, rows, pitch, panel, segments, segmentBytes, c, columns);
    else panel1(a, whole, rows, pitch, panel, segments, segmentBytes, c, columns);
    panel += 64 + RANGE_BYTES + <usize>segments * segmentBytes;
    c += 8;
  }
}

/** Rows [first, end) in tiles of MR rows: a function each, which all kernels share. */
// @ts-ignore: decorator
@inline
function panelOf(
  MR: i32,
  a: ConvArgs,
  first: i32,
  end: i32,
  pitch: usize,
  panel: usize,
  segments: i32,
  segmentBytes: usize,
  c: usize,
  columns: i32,
): void {
  const ldc = <usize>a.outputChannels;
  const terms = rowTerms(a);
  const zp = a.zeroPoint;
  extmulPanel(MR, first, end, a.table, pitch, panel, segments, segmentBytes, c, ldc, columns, zp, a.clampMin, a.clampMax, a.spill, terms);
}

function panel3(a: ConvArgs, first: i32, end: i32, pitch: usize, panel: usize, n: i32, bytes: usize, c: usize, columns: i32): void {
  panelOf(3, a, first, end, pitch, panel, n, bytes, c, columns);
}

function panel2(a: ConvArgs, first: i32, end: i32, pitch: usize, panel: usize, n: i32, bytes: usize, c: usize, columns: i32): void {
  panelOf(2, a, first, end, pitch, panel, n, bytes, c, columns);
}

function panel1(a: ConvArgs, first: i32, end: i32, pitch: usize, panel: usize, n: i32, bytes: usize, c: usize, columns: i32): void {
  panelOf(1, a, first, end, pitch, panel, n, bytes, c, columns);
}
