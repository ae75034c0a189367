import { gemmPanel } from "../gemm/qs8-qc8w-gemm";
import { gemmPanelWords } from "../gemm/qs8-qc8w-gemm-words";
import { flipCopy } from "../lanes/activations";
import { ACTIVATION_FLIP, NARROW } from "../lanes/dot";
import { RANGE_BYTES } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { FLIPPED, slideRows } from "../window/rows";
import { writeLines } from "../window/taps";
import { gatherNarrow } from "./gather";
import { rowTerms, writeRowTerms } from "./row-terms";

/**
 * One source, two register tiles for panels of 16: 2×16 where activations are flipped (x86, 16 registers), 4×16 with
 * words splatted from registers where they are raw (ARM, 32 registers). The modules export it under the name of theirs.
 */
// @ts-ignore: decorator
@inline
const IS_RAW: bool = ACTIVATION_FLIP == 0;

/**
 * Patches are gathered into scratch, `blockRows` output pixels at a time, or read where they lie when the input's
 * pixels are patches and bytes are operands. A remainder of 8 columns or less is one panel of 8 in 4×8 tiles.
 */
export function convPatches(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const isInPlace = IS_RAW && a.isPointwise && a.weightsZeroPoint == 0;
  const step = isInPlace ? a.k : a.kPadded;
  store<u32>(a.table, <u32>a.scratch);
  for (let m = begin; m < end; m += a.blockRows) {
    const rows = min(a.blockRows, end - m);
    for (let group = 0; group < a.groups; group++) {
      if (isInPlace) store<u32>(a.table, <u32>a.input + m * a.k);
      else gatherNarrow(a, m, rows, group);
      if (a.weightsZeroPoint != 0) writeRowTerms(ACTIVATION_FLIP, a, rows);
      const column = <usize>m * <usize>a.outputChannels + <usize>(group * a.groupOut);
      multiply(a, rows, 1, step, a.weights + <usize>group * <usize>a.groupBytes, a.output + column);
    }
  }
}

/**
 * No gathering: windows slide over padded rows, and a patch is one run of neighbouring elements per kernel line. One
 * group, no horizontal dilation.
 */
export function convRows(args: usize, begin: i32, end: i32): void {
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
    panel += 128 + RANGE_BYTES + <usize>segments * segmentBytes;
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
  if (IS_RAW) gemmPanelWords(4, rows, a.table, pitch, panel, segments, segmentBytes, c, ldc, columns, zp, a.clampMin, a.clampMax, a.spill, terms);
  else gemmPanel(NARROW, 2, 4, rows, a.table, pitch, panel, segments, segmentBytes, c, ldc, columns, a.spill, terms);
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
  gemmPanel(NARROW, 4, 2, rows, a.table, pitch, panel, segments, segmentBytes, c, ldc, columns, a.spill, terms);
}

/**
 * One row against panels of 32, or 16 where activations are raw; a remainder of 16 or less is a panel of 16: fully
 * connected layers. A tile is a panel; one group, pointwise.
 */
export function gemv(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const depthBytes = (<usize>a.kPadded) << 4;
  flipCopy(a.scratch, a.input, a.k);
  store<u32>(a.table, <u32>a.scratch);
  if (a.weightsZeroPoint != 0) writeRowTerms(ACTIVATION_FLIP, a, 1);
  const terms = rowTerms(a);
  const zp = a.zeroPoint;
  const width = IS_RAW ? 16 : 32;
  for (let tile = begin; tile < end; tile++) {
    const panel = a.weights + <usize>tile * (<usize>(width << 3) + RANGE_BYTES + depthBytes * <usize>(width >> 4));
    const c = a.output + <usize>(tile * width);
    const columns = a.groupOut - tile * width;
    if (IS_RAW) {
      gemmPanelWords(1, 1, a.table, 0, panel, 1, depthBytes, c, 0, columns, zp, a.clampMin, a.clampMax, a.spill, terms);
    } else if (columns > 16) {
      gemmPanel(NARROW, 1, 8, 1, a.table, 0, panel, 1, depthBytes << 1, c, 0, columns, a.spill, terms);
    } else {
      gemmPanel(NARROW, 1, 4, 1, a.table, 0, panel, 1, depthBytes, c, 0, columns, a.spill, terms);
    }
  }
}
