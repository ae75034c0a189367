import { gemmPanel } from "../gemm/qs8-qc8w-gemm";
import { widenCopy } from "../lanes/widen";
import { ConvArgs } from "./args";
import { gather } from "./gather";

/** Panels of 16 columns in 2×16 tiles; a remainder of 8 or less is one panel of 8 in 4×8 tiles. */
export function qs8_qc8w_conv_2x16c2(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  for (let m = begin; m < end; m += a.blockRows) {
    const rows = min(a.blockRows, end - m);
    for (let group = 0; group < a.groups; group++) {
      gather(a, m, rows, group);
      const column = <usize>m * <usize>a.outputChannels + <usize>(group * a.groupOut);
      multiply(a, rows, a.weights + <usize>group * <usize>a.groupBytes, a.output + column);
    }
  }
}

function multiply(a: ConvArgs, rows: i32, packed: usize, c: usize): void {
  const pitch = (<usize>a.kPadded) << 1;
  let panel = packed;
  let columns = a.groupOut;
  for (; columns > 8; columns -= 16) {
    panel16(a, rows, pitch, panel, c, columns);
    panel += 128 + (pitch << 4);
    c += 16;
  }
  if (columns > 0) panel8(a, rows, pitch, panel, c, columns);
}

function panel16(a: ConvArgs, rows: i32, pitch: usize, panel: usize, c: usize, columns: i32): void {
  const ldc = <usize>a.outputChannels;
  gemmPanel(
    2,
    4,
    rows,
    a.scratch,
    pitch,
    panel,
    pitch << 4,
    c,
    ldc,
    columns,
    a.zeroPoint,
    a.clampMin,
    a.clampMax,
    a.spill,
  );
}

function panel8(a: ConvArgs, rows: i32, pitch: usize, panel: usize, c: usize, columns: i32): void {
  const ldc = <usize>a.outputChannels;
  gemmPanel(
    4,
    2,
    rows,
    a.scratch,
    pitch,
    panel,
    pitch << 3,
    c,
    ldc,
    columns,
    a.zeroPoint,
    a.clampMin,
    a.clampMax,
    a.spill,
  );
}

/** One row against panels of 16: fully connected layers. A tile is a panel; one group, pointwise. */
export function qs8_qc8w_gemv_1x16c2(args: usize, begin: i32, end: i32): void {
  const a = changetype<ConvArgs>(args);
  const pitch = (<usize>a.kPadded) << 1;
  widenCopy(a.scratch, a.input, a.k);
  for (let tile = begin; tile < end; tile++) {
    const panel = a.weights + <usize>tile * (128 + (pitch << 4));
    const columns = a.groupOut - tile * 16;
    gemmPanel(
      1,
      4,
      1,
      a.scratch,
      pitch,
      panel,
      pitch << 4,
      a.output + <usize>tile * 16,
      0,
      columns,
      a.zeroPoint,
      a.clampMin,
      a.clampMax,
      a.spill,
    );
  }
}
