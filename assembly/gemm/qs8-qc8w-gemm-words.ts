import { dot, NARROW } from "../lanes/dot";
import { lowerBound, roundingOffset } from "../lanes/requantize";
import { storeRow } from "./qs8-qc8w-gemm";

/**
 * The register tile of ARM with dotprod: MR rows of A (4 or 1), 16 columns of B, laid out as
 * for `gemmPanel`.
 *
 * ARM splats a word from memory in two instructions, and from a register in one. So 16 bytes of a row are loaded at once
 * and their four words are splatted in turn; 4×16 takes 16 sums, 4 rows, 4 columns and a splat of 32 registers. What is
 * left of a segment, up to three words a row, is splatted from memory.
 */

/** Word J of x in all lanes. */
// @ts-ignore: decorator
@inline
function splatWord(J: i32, x: v128): v128 {
  if (J == 0) return v128.shuffle<i32>(x, x, 0, 0, 0, 0);
  if (J == 1) return v128.shuffle<i32>(x, x, 1, 1, 1, 1);
  if (J == 2) return v128.shuffle<i32>(x, x, 2, 2, 2, 2);
  return v128.shuffle<i32>(x, x, 3, 3, 3, 3);
}

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
      const wholeEnd = w + (segmentBytes & ~255);
      while (w < wholeEnd) {
        const x0 = v128.load(a0);
        let x1 = x0;
        let x2 = x0;
        let x3 = x0;
        if (MR > 1) {
          x1 = v128.load(a1);
          x2 = v128.load(a2);
          x3 = v128.load(a3);
        }
        {
          const b0 = v128.load(w);
          const b1 = v128.load(w, 16);
          const b2 = v128.load(w, 32);
          const b3 = v128.load(w, 48);
          let y = splatWord(0, x0);
          s00 = dot(NARROW, s00, y, b0);
          s01 = dot(NARROW, s01, y, b1);
          s02 = dot(NARROW, s02, y, b2);
          s03 = dot(NARROW, s03, y, b3);
          if (MR > 1) {
            y = splatWord(0, x1);
            s10 = dot(NARROW, s10, y, b0);
            s11 = dot(NARROW, s11, y, b1);
            s12 = dot(NARROW, s12, y, b2);
            s13 = dot(NARROW, s13, y, b3);
            y = splatWord(0, x2);
            s20 = dot(NARROW, s20, y, b0);
            s21 = dot(NARROW, s21, y, b1);
            s22 = dot(NARROW, s22, y, b2);
            s23 = dot(NARROW, s23, y, b3);
            y = splatWord(0, x3);
            s30 = dot(NARROW, s30, y, b0);
            s31 = dot(NARROW, s31, y, b1);
            s32 = dot(NARROW, s32, y, b2);
            s33 = dot(NARROW, s33, y, b3);
          }
        }
        {
          const b0 = v128.load(w, 64);
          const b1 = v128.load(w, 80);
          const b2 = v128.load(w, 96);
          const b3 = v128.load(w, 112);
          let y = splatWord(1, x0);
          s00 = dot(NARROW, s00, y, b0);
          s01 = dot(NARROW, s01, y, b1);
          s02 = dot(NARROW, s02, y, b2);
          s03 = dot(NARROW, s03, y, b3);
          if (MR > 1) {
            y = splatWord(1, x1);
            s10 = dot(NARROW, s10, y, b0);
            s11 = dot(NARROW, s11, y, b1);
            s12 = dot(NARROW, s12, y, b2);
            s13 = dot(NARROW, s13, y, b3);
            y = splatWord(1, x2);
            s20 = dot(NARROW, s20, y, b0);
            s21 = dot(NARROW, s21, y, b1);
            s22 = dot(NARROW, s22, y, b2);
            s23 = dot(NARROW, s23, y, b3);
            y = splatWord(1, x3);
            s30 = dot(NARROW, s30, y, b0);
            s31 = dot(NARROW, s31, y, b1);
            s32 = dot(NARROW, s32, y, b2);
            s33 = dot(NARROW, s33, y, b3);
          }
        }
        {
          const b0 = v128.load(w, 128);
          const b1 = v128.load(w, 144);
          const b2 = v128.load(w, 160);
          const b3 = v128.load(w, 176);
          let y = splatWord(2, x0);
          s00 = dot(NARROW, s00, y, b0);
          s01 = dot(NARROW, s01, y, b1);
          s02 = dot(NARROW, s02, y, b2);
          s03 = dot(NARROW, s03, y, b3);
          if (MR > 1) {
            y = splatWord(2, x1);
            s10 = dot(NARROW, s10, y, b0);
            s11 = dot(NARROW, s11, y, b1);
            s12 = dot(NARROW, s12, y, b2);
            s13 = dot(NARROW, s13, y, b3);
            y = splatWord(2, x2);
            s20 = dot(NARROW, s20, y, b0);
            s21 = dot(NARROW, s21, y, b1);
            s22 = dot(NARROW, s22, y, b2);
            s23 = dot(NARROW, s23, y, b3);
            y = splatWord(2, x3);
            s30 = dot(NARROW, s30, y, b0);
            s31 = dot(NARROW, s31, y, b1);
            s32 = dot(NARROW, s32, y, b2);
            s33 = dot(NARROW, s33, y, b3);
          }
        }
        {
          const b0 = v128.load(w, 192);
          const b1 = v128.load(w, 208);
          const b2 = v128.load(w, 224);
          const b3 = v128.load(w, 240);
          let y = splatWord(3, x0);
          s00 = dot(NARROW, s00, y, b0);
          s01 = dot(NARROW, s01, y, b1);
          s02 = dot(NARROW, s02, y, b2);
          s03 = dot(NARROW, s03, y, b3);
          if (MR > 1) {
            y = splatWord(3, x1);
            s10 = dot(NARROW, s10, y, b0);
            s11 = dot(NARROW, s11, y, b1);
            s12 = dot(NARROW, s12, y, b2);
            s13 = dot(NARROW, s13, y, b3);
            y = splatWord(3, x2);
            s20 = dot(NARROW, s20, y, b0);
            s21 = dot(NARROW, s21, y, b1);
            s22 = dot(NARROW, s22, y, b2);
            s23 = dot(NARROW, s23, y, b3);
            y = splatWord(3, x3);
            s30 = dot(NARROW, s30, y, b0);
            s31 = dot(NARROW, s31, y, b1);
            s32 = dot(NARROW, s32, y, b2);
            s33 = dot(NARROW, s33, y, b3);
          }
        }
        a0 += 16;
        a1 += 16;
        a2 += 16;
        a3 += 16;
        w += 256;
      }
      while (w < segmentEnd) {
        {
          const b0 = v128.load(w);
          const b1 = v128.load(w, 16);
          const b2 = v128.load(w, 32);
          const b3 = v128.load(w, 48);
          let y = v128.load32_splat(a0);
          s00 = dot(NARROW, s00, y, b0);
          s01 = dot(NARROW, s01, y, b1);
          s02 = dot(NARROW, s02, y, b2);
          s03 = dot(NARROW, s03, y, b3);
          if (MR > 1) {
            y = v128.load32_splat(a1);
            s10 = dot(NARROW, s10, y, b0);
            s11 = dot(NARROW, s11, y, b1);
            s12 = dot(NARROW, s12, y, b2);
            s13 = dot(NARROW, s13, y, b3);
            y = v128.load32_splat(a2);
            s20 = dot(NARROW, s20, y, b0);
            s21 = dot(NARROW, s21, y, b1);
            s22 = dot(NARROW, s22, y, b2);
            s23 = dot(NARROW, s23, y, b3);
            y = v128.load32_splat(a3);
            s30 = dot(NARROW, s30, y, b0);
            s31 = dot(NARROW, s31, y, b1);
            s32 = dot(NARROW, s32, y, b2);
            s33 = dot(NARROW, s33, y, b3);
          }
        }
        a0 += 4;
        a1 += 4;
        a2 += 4;
        a3 += 4;
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
    const lower = lowerBound(clampMin, zeroPoint);
    const offset = roundingOffset(zeroPoint);
    const upper = i8x16.splat(<i8>clampMax);
    const c0 = c + <usize>m * ldc;
    if (MR > 1) {
      const c1 = m + 1 < rows ? c0 + ldc : c0;
      const c2 = m + 2 < rows ? c1 + ldc : c1;
      const c3 = m + 3 < rows ? c2 + ldc : c2;
      storeRow(4, c3, s30, s31, s32, s33, w, lower, offset, upper, columns, spill);
      storeRow(4, c2, s20, s21, s22, s23, w, lower, offset, upper, columns, spill);
      storeRow(4, c1, s10, s11, s12, s13, w, lower, offset, upper, columns, spill);
    }
    storeRow(4, c0, s00, s01, s02, s03, w, lower, offset, upper, columns, spill);
  }
}
