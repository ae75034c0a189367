import { gemmPanel } from "../gemm/qs8-qc8w-gemm";
import { widenCopy } from "../lanes/activations";
import { WIDE } from "../lanes/dot";
import { RANGE_BYTES } from "../lanes/requantize";
import { ConvArgs } from "../window/args";
import { WIDENED, slideRows } from "../window/rows";
import { writeLines } from "../window/taps";
import { gatherWide } from "./gather";

/**
 * Patches are gathered into scratch, `blockRows` output pixels at a time. Panels of 16 columns in 2×16 tiles; a
 * remainder of 8 or less is one panel of 8 in 4×8 tiles.
 */
export function qs8_qc8w_conv_2x16c2(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  store<u32>(a.table, <u32>a.scratch);
  for (let m = begin; m < end; m += a.blockRows) {
    const rows = min(a.blockRows, end - m);
    for (let group = 0; group < a.groups; group++) {
      gatherWide(a, m, rows, group);
      const column = <usize>m * <usize>a.outputChannels + <usize>(group * a.groupOut);
      multiply(a, rows, 1, a.kPadded, a.weights + <usize>group * <usize>a.groupBytes, a.output + column);
    }
  }
}

/**
 * No gathering: windows slide over padded rows, and a patch is one run of neighbouring elements per kernel line. One
 * group, no horizontal dilation.
 */
export function qs8_qc8w_conv_rows_2x16c2(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const pixel = a.strideWidth * a.inputChannels;
  let filled = 0;
  for (let tile = begin; tile < end; tile++) {
    const y = tile % a.outputHeight;
    if (y == 0) filled = 0;
    filled = slideRows(WIDENED, a, tile, filled);
    writeLines(a, y * a.strideHeight);
    const out = a.output + <usize>tile * <usize>(a.outputWidth * a.outputChannels);
    multiply(a, a.outputWidth, a.kernelHeight, pixel, a.weights, out);
  }
}

/** `rows` output pixels, `step` activations apart in every segment, against all panels of a group. */
function multiply(a: ConvArgs, rows: i32, segments: i32, step: i32, packed: usize, c: usize): void {
  const pitch = (<usize>step) << 1;
  const segmentBytes = (<usize>a.kPadded) << 5;
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
  const terms: usize = 0;
  gemmPanel(WIDE, 2, 4, rows, a.table, pitch, panel, segments, segmentBytes, c, ldc, columns, a.spill, terms);
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
  const terms: usize = 0;
  gemmPanel(WIDE, 4, 2, rows, a.table, pitch, panel, segments, segmentBytes, c, ldc, columns, a.spill, terms);
}

/** One row against panels of 16: fully connected layers. A tile is a panel; one group, pointwise. */
export function qs8_qc8w_gemv_1x16c2(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const depthBytes = (<usize>a.kPadded) << 5;
  widenCopy(a.scratch, a.input, a.k);
  store<u32>(a.table, <u32>a.scratch);
  for (let tile = begin; tile < end; tile++) {
    const panel = a.weights + <usize>tile * (128 + RANGE_BYTES + depthBytes);
    const c = a.output + <usize>(tile * 16);
    const columns = a.groupOut - tile * 16;
    gemmPanel(WIDE, 1, 4, 1, a.table, 0, panel, 1, depthBytes, c, 0, columns, a.spill, 0);
  }
}
