import { dot, NARROW } from "../lanes/dot";
import { lowerBound, requantizeLanes, roundingOffset } from "../lanes/requantize";

/**
 * The register tile of every int8 matrix product with vectors: MR rows of A, NG groups of four columns of B.
 *
 *   A       rows of `segments` runs of depth, each padded to a multiple of kr: run s of row m starts at
 *           table[s] + m · pitch, in the family's activation format
 *   panel   int32 bias[4·NG] | weights[k/kr][4·NG][kr] | float32 scale[4·NG]; kr is 2 (int16) or 4 (int8)
 *   C       int8, `ldc` bytes apart
 *
 * `dot` multiplies kr depth values of one row, broadcast, with those of four columns. MR · NG + NG + 2 vectors are
 * alive in the loop: 2×16 and 4×8 take 14 and 12 of the 15 registers that V8 has on x86-64. The loop counts on the
 * weight pointer, and everything the store needs is made after it: both keep registers free.
 */

/**
 * One panel against `rows` rows. The last tile repeats its last row where rows run out: same input, same result.
 * `columns` < 4·NG stores that many bytes per row, through `spill` (16 bytes). `rowTerms`, where not 0, holds an int32
 * per row that is added to all its accumulators (NARROW only).
 */
// @ts-ignore: decorator
@inline
export function gemmPanel(
  FAMILY: i32,
  MR: i32,
  NG: i32,
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
  const weights = panel + <usize>(NG * 16);
  const weightsEnd = weights + <usize>segments * segmentBytes;
  for (let m = 0; m < rows; m += MR) {
    const m0 = <usize>m * pitch;
    let m1 = m0;
    let m2 = m0;
    let m3 = m0;
    if (MR > 1) m1 = m + 1 < rows ? m0 + pitch : m0;
    if (MR > 2) m2 = m + 2 < rows ? m1 + pitch : m1;
    if (MR > 3) m3 = m + 3 < rows ? m2 + pitch : m2;
    let s00 = v128.load(panel);
    let s01 = s00;
    let s02 = s00;
    let s03 = s00;
    if (NG > 1) s01 = v128.load(panel, 16);
    if (NG > 2) s02 = v128.load(panel, 32);
    if (NG > 3) s03 = v128.load(panel, 48);
    let s04 = s00;
    let s05 = s00;
    let s06 = s00;
    let s07 = s00;
    if (NG > 4) {
      s04 = v128.load(panel, 64);
      s05 = v128.load(panel, 80);
      s06 = v128.load(panel, 96);
      s07 = v128.load(panel, 112);
    }
    let s10 = s00;
    let s11 = s01;
    let s12 = s02;
    let s13 = s03;
    let s20 = s00;
    let s21 = s01;
    let s30 = s00;
    let s31 = s01;
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
      do {
        const b0 = v128.load(w);
        const b1 = v128.load(w, 16);
        let b2 = b0;
        let b3 = b0;
        if (NG > 2) b2 = v128.load(w, 32);
        if (NG > 3) b3 = v128.load(w, 48);
        {
          const x = v128.load32_splat(a0);
          s00 = dot(FAMILY, s00, x, b0);
          s01 = dot(FAMILY, s01, x, b1);
          if (NG > 2) s02 = dot(FAMILY, s02, x, b2);
          if (NG > 3) s03 = dot(FAMILY, s03, x, b3);
          if (NG > 4) {
            s04 = dot(FAMILY, s04, x, v128.load(w, 64));
            s05 = dot(FAMILY, s05, x, v128.load(w, 80));
            s06 = dot(FAMILY, s06, x, v128.load(w, 96));
            s07 = dot(FAMILY, s07, x, v128.load(w, 112));
          }
          a0 += 4;
        }
        if (MR > 1) {
          const x = v128.load32_splat(a1);
          s10 = dot(FAMILY, s10, x, b0);
          s11 = dot(FAMILY, s11, x, b1);
          if (NG > 2) s12 = dot(FAMILY, s12, x, b2);
          if (NG > 3) s13 = dot(FAMILY, s13, x, b3);
          a1 += 4;
        }
        if (MR > 2) {
          const x = v128.load32_splat(a2);
          s20 = dot(FAMILY, s20, x, b0);
          s21 = dot(FAMILY, s21, x, b1);
          a2 += 4;
        }
        if (MR > 3) {
          const x = v128.load32_splat(a3);
          s30 = dot(FAMILY, s30, x, b0);
          s31 = dot(FAMILY, s31, x, b1);
          a3 += 4;
        }
        w += <usize>(NG * 16);
      } while (w < segmentEnd);
    } while (w < weightsEnd);

    if (FAMILY == NARROW && rowTerms != 0) {
      let term = rowTerms + ((<usize>m) << 2);
      const t0 = v128.load32_splat(term);
      s00 = i32x4.add(s00, t0);
      s01 = i32x4.add(s01, t0);
      if (NG > 2) s02 = i32x4.add(s02, t0);
      if (NG > 3) s03 = i32x4.add(s03, t0);
      if (NG > 4) {
        s04 = i32x4.add(s04, t0);
        s05 = i32x4.add(s05, t0);
        s06 = i32x4.add(s06, t0);
        s07 = i32x4.add(s07, t0);
      }
      if (MR > 1) {
        if (m + 1 < rows) term += 4;
        const t1 = v128.load32_splat(term);
        s10 = i32x4.add(s10, t1);
        s11 = i32x4.add(s11, t1);
        if (NG > 2) s12 = i32x4.add(s12, t1);
        if (NG > 3) s13 = i32x4.add(s13, t1);
      }
      if (MR > 2) {
        if (m + 2 < rows) term += 4;
        const t2 = v128.load32_splat(term);
        s20 = i32x4.add(s20, t2);
        s21 = i32x4.add(s21, t2);
      }
      if (MR > 3) {
        if (m + 3 < rows) term += 4;
        const t3 = v128.load32_splat(term);
        s30 = i32x4.add(s30, t3);
        s31 = i32x4.add(s31, t3);
      }
    }
    const lower = lowerBound(clampMin, zeroPoint);
    const offset = roundingOffset(zeroPoint);
    const upper = i8x16.splat(<i8>clampMax);
    let c0 = c + <usize>m * ldc;
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    if (MR > 1) c1 = m + 1 < rows ? c0 + ldc : c0;
    if (MR > 2) c2 = m + 2 < rows ? c1 + ldc : c1;
    if (MR > 3) c3 = m + 3 < rows ? c2 + ldc : c2;
    if (MR > 3) storeRow(NG, c3, s30, s31, s30, s31, w, lower, offset, upper, columns, spill);
    if (MR > 2) storeRow(NG, c2, s20, s21, s20, s21, w, lower, offset, upper, columns, spill);
    if (MR > 1) storeRow(NG, c1, s10, s11, s12, s13, w, lower, offset, upper, columns, spill);
    if (NG > 4) {
      storeRow(4, c0, s00, s01, s02, s03, w, lower, offset, upper, columns, spill);
      storeRow(4, c0 + 16, s04, s05, s06, s07, w + 64, lower, offset, upper, columns - 16, spill);
    } else {
      storeRow(NG, c0, s00, s01, s02, s03, w, lower, offset, upper, columns, spill);
    }
  }
}

/** Requantizes one row of a tile and stores `columns` bytes of it. */
// @ts-ignore: decorator
@inline
function storeRow(
  NG: i32,
  c: usize,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  scale: usize,
  lower: v128,
  offset: v128,
  upper: v128,
  columns: i32,
  spill: usize,
): void {
  const q01 = i16x8.narrow_i32x4_s(
    requantizeLanes(s0, v128.load(scale), lower, offset),
    requantizeLanes(s1, v128.load(scale, 16), lower, offset),
  );
  let q23 = q01;
  if (NG > 2) {
    q23 = i16x8.narrow_i32x4_s(
      requantizeLanes(s2, v128.load(scale, 32), lower, offset),
      requantizeLanes(s3, v128.load(scale, 48), lower, offset),
    );
  }
  storeBytes(NG, c, i8x16.min_s(i8x16.narrow_i16x8_s(q01, q23), upper), columns, spill);
}

/** The first 4·NG bytes of q, or `columns` of them. */
// @ts-ignore: decorator
@inline
export function storeBytes(NG: i32, c: usize, q: v128, columns: i32, spill: usize): void {
  if (columns >= NG * 4) {
    if (NG > 2) v128.store(c, q);
    else v128.store64_lane(c, q, 0);
  } else {
    v128.store(spill, q);
    for (let i: usize = 0; i < <usize>columns; i++) store<u8>(c + i, load<u8>(spill + i));
  }
}
