import { requantizeHalfRow } from "../lanes/requantize";
import { storeBytes } from "./qs8-qc8w-gemm";

/**
 * The register tile for machines with many vector registers and no 8-bit dot product (ARM without dotprod): MR rows of
 * raw int8 A, eight columns of B, every accumulator the sum of four lanes until the end.
 *
 *   A       rows of `segments` runs of depth: run s of row m starts at table[s] + m · pitch; a run is read to the next
 *           multiple of 16, where the weights are zero
 *   panel   int32 bias[8] | int8 weights[k/16][8][16] | float32 scale[8]; weights in [−127, 127]
 *   C       int8, `ldc` bytes apart
 *
 * Two products fit int16 for any activation (127 · 128 · 2 < 32768), so 16 of them cost smull2, smlal, sadalp. 3×8 keeps
 * 24 sums, 3 rows and a column in 28 of ARM's 32 registers. On x86 the same tile spills, and i8 · i8 has no instruction.
 */

// @ts-ignore: decorator
@inline
function products(sum: v128, x: v128, w: v128): v128 {
  const pairs = i16x8.add(i16x8.extmul_low_i8x16_s(x, w), i16x8.extmul_high_i8x16_s(x, w));
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(pairs));
}

/** [Σa, Σb, Σc, Σd] */
// @ts-ignore: decorator
@inline
function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

/**
 * Rows [first, end) against one panel; their number is a multiple of MR. `columns` < 8 stores that many bytes per row,
 * through `spill`. `rowTerms`, where not 0, holds an int32 per row that is added to all its sums.
 */
// @ts-ignore: decorator
@inline
export function extmulPanel(
  MR: i32,
  first: i32,
  end: i32,
  table: usize,
  pitch: usize,
  panel: usize,
  segments: i32,
  segmentBytes: usize,
  c: usize,
  ldc: usize,
  columns: i32,
  zeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
  spill: usize,
  rowTerms: usize,
): void {
  const weights = panel + 32;
  const weightsEnd = weights + <usize>segments * segmentBytes;
  for (let m = first; m < end; m += MR) {
    const m0 = <usize>m * pitch;
    let s00 = i32x4.splat(0);
    let s01 = i32x4.splat(0);
    let s02 = i32x4.splat(0);
    let s03 = i32x4.splat(0);
    let s04 = i32x4.splat(0);
    let s05 = i32x4.splat(0);
    let s06 = i32x4.splat(0);
    let s07 = i32x4.splat(0);
    let s10 = s00;
    let s11 = s00;
    let s12 = s00;
    let s13 = s00;
    let s14 = s00;
    let s15 = s00;
    let s16 = s00;
    let s17 = s00;
    let s20 = s00;
    let s21 = s00;
    let s22 = s00;
    let s23 = s00;
    let s24 = s00;
    let s25 = s00;
    let s26 = s00;
    let s27 = s00;
    let w = weights;
    let run = table;
    do {
      let a0 = <usize>load<u32>(run) + m0;
      let a1 = a0;
      let a2 = a0;
      if (MR > 1) a1 = a0 + pitch;
      if (MR > 2) a2 = a1 + pitch;
      run += 4;
      const segmentEnd = w + segmentBytes;
      do {
        const x0 = v128.load(a0);
        let x1 = x0;
        let x2 = x0;
        if (MR > 1) x1 = v128.load(a1);
        if (MR > 2) x2 = v128.load(a2);
        const b0 = v128.load(w);
        s00 = products(s00, x0, b0);
        if (MR > 1) s10 = products(s10, x1, b0);
        if (MR > 2) s20 = products(s20, x2, b0);
        const b1 = v128.load(w, 16);
        s01 = products(s01, x0, b1);
        if (MR > 1) s11 = products(s11, x1, b1);
        if (MR > 2) s21 = products(s21, x2, b1);
        const b2 = v128.load(w, 32);
        s02 = products(s02, x0, b2);
        if (MR > 1) s12 = products(s12, x1, b2);
        if (MR > 2) s22 = products(s22, x2, b2);
        const b3 = v128.load(w, 48);
        s03 = products(s03, x0, b3);
        if (MR > 1) s13 = products(s13, x1, b3);
        if (MR > 2) s23 = products(s23, x2, b3);
        const b4 = v128.load(w, 64);
        s04 = products(s04, x0, b4);
        if (MR > 1) s14 = products(s14, x1, b4);
        if (MR > 2) s24 = products(s24, x2, b4);
        const b5 = v128.load(w, 80);
        s05 = products(s05, x0, b5);
        if (MR > 1) s15 = products(s15, x1, b5);
        if (MR > 2) s25 = products(s25, x2, b5);
        const b6 = v128.load(w, 96);
        s06 = products(s06, x0, b6);
        if (MR > 1) s16 = products(s16, x1, b6);
        if (MR > 2) s26 = products(s26, x2, b6);
        const b7 = v128.load(w, 112);
        s07 = products(s07, x0, b7);
        if (MR > 1) s17 = products(s17, x1, b7);
        if (MR > 2) s27 = products(s27, x2, b7);
        a0 += 16;
        if (MR > 1) a1 += 16;
        if (MR > 2) a2 += 16;
        w += 128;
      } while (w < segmentEnd);
    } while (w < weightsEnd);

    const zero = i16x8.splat(<i16>zeroPoint);
    const lower = i8x16.splat(<i8>clampMin);
    const upper = i8x16.splat(<i8>clampMax);
    const bias0 = v128.load(panel);
    const bias1 = v128.load(panel, 16);
    const term = rowTerms + ((<usize>m) << 2);
    let out = c + <usize>m * ldc;
    let low0 = i32x4.add(bias0, sumLanes(s00, s01, s02, s03));
    let high0 = i32x4.add(bias1, sumLanes(s04, s05, s06, s07));
    if (rowTerms != 0) {
      low0 = i32x4.add(low0, v128.load32_splat(term));
      high0 = i32x4.add(high0, v128.load32_splat(term));
    }
    storeBytes(2, out, requantizeHalfRow(low0, high0, w, zero, lower, upper), columns, spill);
    if (MR > 1) {
      out += ldc;
      let low1 = i32x4.add(bias0, sumLanes(s10, s11, s12, s13));
      let high1 = i32x4.add(bias1, sumLanes(s14, s15, s16, s17));
      if (rowTerms != 0) {
        low1 = i32x4.add(low1, v128.load32_splat(term, 4));
        high1 = i32x4.add(high1, v128.load32_splat(term, 4));
      }
      storeBytes(2, out, requantizeHalfRow(low1, high1, w, zero, lower, upper), columns, spill);
    }
    if (MR > 2) {
      out += ldc;
      let low2 = i32x4.add(bias0, sumLanes(s20, s21, s22, s23));
      let high2 = i32x4.add(bias1, sumLanes(s24, s25, s26, s27));
      if (rowTerms != 0) {
        low2 = i32x4.add(low2, v128.load32_splat(term, 8));
        high2 = i32x4.add(high2, v128.load32_splat(term, 8));
      }
      storeBytes(2, out, requantizeHalfRow(low2, high2, w, zero, lower, upper), columns, spill);
    }
  }
}
