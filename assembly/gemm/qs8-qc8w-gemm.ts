import { dot, NARROW } from "../lanes/dot";
import { clampBytes, requantizeEight } from "../lanes/requantize";

/**
 * The register tile of every int8 matrix product with vectors: MR rows of A, NG groups of four columns of B.
 *
 *   A       rows of `segments` runs of depth, each padded to a multiple of kr: run s of row m starts at
 *           table[s] + m · pitch, in the family's activation format
 *   panel   int32 bias[4·NG] | weights[k/kr][4·NG][kr] | float32 scale[4·NG] | range; kr is 2 (int16) or 4 (int8)
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
  spill: usize,
  rowTerms: usize,
): void {
  const weights = panel + <usize>(NG * 16);
  const weightsEnd = weights + <usize>segments * segmentBytes;
  // Distances from row to row of A and of C; 0 past the last row.
  let next1 = pitch;
  let next2 = pitch;
  let next3 = pitch;
  let below1 = ldc;
  let below2 = ldc;
  let below3 = ldc;
  let m0: usize = 0;
  for (let left = rows; left > 0; left -= MR) {
    if (MR > 1 && left < MR) {
      if (MR > 3) next3 = below3 = 0;
      if (MR > 2 && left < 3) next2 = below2 = 0;
      if (left < 2) next1 = below1 = 0;
    }
    let m1 = m0;
    let m2 = m0;
    let m3 = m0;
    if (MR > 1) m1 = m0 + next1;
    if (MR > 2) m2 = m1 + next2;
    if (MR > 3) m3 = m2 + next3;
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
      const t0 = v128.load32_splat(rowTerms);
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
      // A row that repeats another is stored before it, whatever its term.
      if (MR > 1) {
        const t1 = v128.load32_splat(rowTerms, 4);
        s10 = i32x4.add(s10, t1);
        s11 = i32x4.add(s11, t1);
        if (NG > 2) s12 = i32x4.add(s12, t1);
        if (NG > 3) s13 = i32x4.add(s13, t1);
      }
      if (MR > 2) {
        const t2 = v128.load32_splat(rowTerms, 8);
        s20 = i32x4.add(s20, t2);
        s21 = i32x4.add(s21, t2);
      }
      if (MR > 3) {
        const t3 = v128.load32_splat(rowTerms, 12);
        s30 = i32x4.add(s30, t3);
        s31 = i32x4.add(s31, t3);
      }
      rowTerms += <usize>(MR << 2);
    }
    const c1 = c + below1;
    const c2 = c1 + below2;
    const c3 = c2 + below3;
    // Scales are loaded once for two rows.
    if (MR > 3) storeRows(2, c2, c3, s20, s21, s20, s20, s30, s31, s30, s30, w, columns, spill);
    if (NG > 4) {
      storeRow(c, s00, s01, s02, s03, w, w + <usize>(NG * 16), columns, spill);
      storeRow(c + 16, s04, s05, s06, s07, w + 64, w + 128, columns - 16, spill);
    } else if (MR > 1) {
      storeRows(NG, c, c1, s00, s01, s02, s03, s10, s11, s12, s13, w, columns, spill);
    } else {
      storeRow(c, s00, s01, s02, s03, w, w + <usize>(NG * 16), columns, spill);
    }
    m0 += <usize>MR * pitch;
    c += <usize>MR * ldc;
  }
}

/** Requantizes two rows of a tile and stores `columns` bytes of each, the second one first: it may be the first again. */
// @ts-ignore: decorator
@inline
function storeRows(
  NG: i32,
  c: usize,
  next: usize,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  t0: v128,
  t1: v128,
  t2: v128,
  t3: v128,
  trailer: usize,
  columns: i32,
  spill: usize,
): void {
  const range = trailer + <usize>(NG * 16);
  const offset = v128.load(range);
  let scale0 = v128.load(trailer);
  let scale1 = v128.load(trailer, 16);
  const q0 = requantizeEight(s0, s1, scale0, scale1, offset);
  const r0 = requantizeEight(t0, t1, scale0, scale1, offset);
  if (NG == 2) {
    const both = clampBytes(i8x16.narrow_i16x8_s(q0, r0), range);
    if (columns >= 8) {
      v128.store64_lane(next, both, 1);
      v128.store64_lane(c, both, 0);
    } else {
      v128.store(spill, both);
      copyFirst(next, spill + 8, columns);
      copyFirst(c, spill, columns);
    }
    return;
  }
  scale0 = v128.load(trailer, 32);
  scale1 = v128.load(trailer, 48);
  const q1 = requantizeEight(s2, s3, scale0, scale1, offset);
  const r1 = requantizeEight(t2, t3, scale0, scale1, offset);
  storeBytes(4, next, clampBytes(i8x16.narrow_i16x8_s(r0, r1), range), columns, spill);
  storeBytes(4, c, clampBytes(i8x16.narrow_i16x8_s(q0, q1), range), columns, spill);
}

/** The same for one row of 16. */
// @ts-ignore: decorator
@inline
function storeRow(c: usize, s0: v128, s1: v128, s2: v128, s3: v128, scale: usize, range: usize, columns: i32, spill: usize): void {
  const offset = v128.load(range);
  const low = requantizeEight(s0, s1, v128.load(scale), v128.load(scale, 16), offset);
  const high = requantizeEight(s2, s3, v128.load(scale, 32), v128.load(scale, 48), offset);
  storeBytes(4, c, clampBytes(i8x16.narrow_i16x8_s(low, high), range), columns, spill);
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
    copyFirst(c, spill, columns);
  }
}

// @ts-ignore: decorator
@inline
function copyFirst(to: usize, from: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) store<u8>(to + i, load<u8>(from + i));
}
