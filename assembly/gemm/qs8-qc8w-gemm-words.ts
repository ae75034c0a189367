import { dot, NARROW } from "../lanes/dot";
import { requantizeRow } from "../lanes/requantize";
import { storeBytes } from "./qs8-qc8w-gemm";

/**
 * The register tile of ARM with dotprod: MR rows of A (4 or 1), 16 columns of B, laid out as
 * for `gemmPanel`.
 *
 * ARM splats a word from memory in two instructions, and from a register in one: so two words of a row are loaded at
 * once. More at once would make the compiler keep the columns of all of them, and 16 sums, 8 columns, a row and two
 * splats are what its 28 registers hold. An odd last word of a segment is splatted from memory.
 */

/**
 * One panel against `rows` rows; arguments as for `gemmPanel`. The last tile repeats its last row where rows run out.
 */
// @ts-ignore: decorator
@inline
export function gemmPanelWords(
  MR: i32,
  rows: i32,
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
  const weights = panel + 64;
  const weightsEnd = weights + <usize>segments * segmentBytes;
  for (let m = 0; m < rows; m += MR) {
    const m0 = <usize>m * pitch;
    let m1 = m0;
    let m2 = m0;
    let m3 = m0;
    if (MR > 1) {
      m1 = m + 1 < rows ? m0 + pitch : m0;
      m2 = m + 2 < rows ? m1 + pitch : m1;
      m3 = m + 3 < rows ? m2 + pitch : m2;
    }
    let s00 = v128.load(panel);
    let s01 = v128.load(panel, 16);
    let s02 = v128.load(panel, 32);
    let s03 = v128.load(panel, 48);
    let s10 = s00;
    let s11 = s01;
    let s12 = s02;
    let s13 = s03;
    let s20 = s00;
    let s21 = s01;
    let s22 = s02;
    let s23 = s03;
    let s30 = s00;
    let s31 = s01;
    let s32 = s02;
    let s33 = s03;
    let w = weights;
    let run = table;
    do {
      const base = <usize>load<u32>(run);
      run += 4;
      let a0 = base + m0;
      let a1 = base + m1;
      let a2 = base + m2;
      let a3 = base + m3;
      const segmentEnd = w + segmentBytes;
      const pairsEnd = w + (segmentBytes & ~127);
      while (w < pairsEnd) {
        const b00 = v128.load(w);
        const b01 = v128.load(w, 16);
        const b02 = v128.load(w, 32);
        const b03 = v128.load(w, 48);
        const b10 = v128.load(w, 64);
        const b11 = v128.load(w, 80);
        const b12 = v128.load(w, 96);
        const b13 = v128.load(w, 112);
        {
          const x0 = v128.load64_zero(a0);
          const y0 = v128.shuffle<i32>(x0, x0, 0, 0, 0, 0);
          const z0 = v128.shuffle<i32>(x0, x0, 1, 1, 1, 1);
          s00 = dot(NARROW, dot(NARROW, s00, y0, b00), z0, b10);
          s01 = dot(NARROW, dot(NARROW, s01, y0, b01), z0, b11);
          s02 = dot(NARROW, dot(NARROW, s02, y0, b02), z0, b12);
          s03 = dot(NARROW, dot(NARROW, s03, y0, b03), z0, b13);
          a0 += 8;
        }
        if (MR > 1) {
          const x1 = v128.load64_zero(a1);
          const y1 = v128.shuffle<i32>(x1, x1, 0, 0, 0, 0);
          const z1 = v128.shuffle<i32>(x1, x1, 1, 1, 1, 1);
          s10 = dot(NARROW, dot(NARROW, s10, y1, b00), z1, b10);
          s11 = dot(NARROW, dot(NARROW, s11, y1, b01), z1, b11);
          s12 = dot(NARROW, dot(NARROW, s12, y1, b02), z1, b12);
          s13 = dot(NARROW, dot(NARROW, s13, y1, b03), z1, b13);
          a1 += 8;

          const x2 = v128.load64_zero(a2);
          const y2 = v128.shuffle<i32>(x2, x2, 0, 0, 0, 0);
          const z2 = v128.shuffle<i32>(x2, x2, 1, 1, 1, 1);
          s20 = dot(NARROW, dot(NARROW, s20, y2, b00), z2, b10);
          s21 = dot(NARROW, dot(NARROW, s21, y2, b01), z2, b11);
          s22 = dot(NARROW, dot(NARROW, s22, y2, b02), z2, b12);
          s23 = dot(NARROW, dot(NARROW, s23, y2, b03), z2, b13);
          a2 += 8;

          const x3 = v128.load64_zero(a3);
          const y3 = v128.shuffle<i32>(x3, x3, 0, 0, 0, 0);
          const z3 = v128.shuffle<i32>(x3, x3, 1, 1, 1, 1);
          s30 = dot(NARROW, dot(NARROW, s30, y3, b00), z3, b10);
          s31 = dot(NARROW, dot(NARROW, s31, y3, b01), z3, b11);
          s32 = dot(NARROW, dot(NARROW, s32, y3, b02), z3, b12);
          s33 = dot(NARROW, dot(NARROW, s33, y3, b03), z3, b13);
          a3 += 8;
        }
        w += 128;
      }
      if (w < segmentEnd) {
        const b0 = v128.load(w);
        const b1 = v128.load(w, 16);
        const b2 = v128.load(w, 32);
        const b3 = v128.load(w, 48);
        {
          const y0 = v128.load32_splat(a0);
          s00 = dot(NARROW, s00, y0, b0);
          s01 = dot(NARROW, s01, y0, b1);
          s02 = dot(NARROW, s02, y0, b2);
          s03 = dot(NARROW, s03, y0, b3);
        }
        if (MR > 1) {
          const y1 = v128.load32_splat(a1);
          s10 = dot(NARROW, s10, y1, b0);
          s11 = dot(NARROW, s11, y1, b1);
          s12 = dot(NARROW, s12, y1, b2);
          s13 = dot(NARROW, s13, y1, b3);

          const y2 = v128.load32_splat(a2);
          s20 = dot(NARROW, s20, y2, b0);
          s21 = dot(NARROW, s21, y2, b1);
          s22 = dot(NARROW, s22, y2, b2);
          s23 = dot(NARROW, s23, y2, b3);

          const y3 = v128.load32_splat(a3);
          s30 = dot(NARROW, s30, y3, b0);
          s31 = dot(NARROW, s31, y3, b1);
          s32 = dot(NARROW, s32, y3, b2);
          s33 = dot(NARROW, s33, y3, b3);
        }
        w += 64;
      }
    } while (w < weightsEnd);

    if (rowTerms != 0) {
      let term = rowTerms + ((<usize>m) << 2);
      const t0 = v128.load32_splat(term);
      s00 = i32x4.add(s00, t0);
      s01 = i32x4.add(s01, t0);
      s02 = i32x4.add(s02, t0);
      s03 = i32x4.add(s03, t0);
      if (MR > 1) {
        if (m + 1 < rows) term += 4;
        const t1 = v128.load32_splat(term);
        s10 = i32x4.add(s10, t1);
        s11 = i32x4.add(s11, t1);
        s12 = i32x4.add(s12, t1);
        s13 = i32x4.add(s13, t1);
        if (m + 2 < rows) term += 4;
        const t2 = v128.load32_splat(term);
        s20 = i32x4.add(s20, t2);
        s21 = i32x4.add(s21, t2);
        s22 = i32x4.add(s22, t2);
        s23 = i32x4.add(s23, t2);
        if (m + 3 < rows) term += 4;
        const t3 = v128.load32_splat(term);
        s30 = i32x4.add(s30, t3);
        s31 = i32x4.add(s31, t3);
        s32 = i32x4.add(s32, t3);
        s33 = i32x4.add(s33, t3);
      }
    }
    const zero = i16x8.splat(<i16>zeroPoint);
    const lower = i8x16.splat(<i8>clampMin);
    const upper = i8x16.splat(<i8>clampMax);
    const c0 = c + <usize>m * ldc;
    if (MR > 1) {
      const c1 = m + 1 < rows ? c0 + ldc : c0;
      const c2 = m + 2 < rows ? c1 + ldc : c1;
      const c3 = m + 3 < rows ? c2 + ldc : c2;
      storeBytes(4, c3, requantizeRow(s30, s31, s32, s33, w, zero, lower, upper), columns, spill);
      storeBytes(4, c2, requantizeRow(s20, s21, s22, s23, w, zero, lower, upper), columns, spill);
      storeBytes(4, c1, requantizeRow(s10, s11, s12, s13, w, zero, lower, upper), columns, spill);
    }
    storeBytes(4, c0, requantizeRow(s00, s01, s02, s03, w, zero, lower, upper), columns, spill);
  }
}
