import { lowerBound, requantizeLanes, roundingOffset } from "../lanes/requantize";

/**
 * The register tile of every int8 matrix product in the simd module: MR rows of A, NG groups of four columns of B.
 *
 *   A       int16 rows, `pitch` bytes apart, depth padded to a multiple of 2
 *   panel   int32 bias[4·NG] | int16 weights[k/2][4·NG][2] | float32 scale[4·NG]
 *   C       int8, `ldc` bytes apart
 *
 * i32x4.dot_i16x8_s multiplies two depth values of one row, broadcast, with those of four columns. MR · NG + NG + 2
 * vectors are alive in the loop: 2×16 and 4×8 take 14 and 12 of the 15 registers that V8 has on x86-64. The loop
 * counts on the weight pointer, and everything the store needs is made after it: both keep registers free.
 */

// @ts-ignore: decorator
@inline
function dot(acc: v128, a: v128, b: v128): v128 {
  return i32x4.add(acc, i32x4.dot_i16x8_s(a, b));
}

/**
 * One panel against `rows` rows. The last tile repeats its last row where rows run out: same input, same result.
 * `columns` < 4·NG stores that many bytes per row, through `spill` (16 bytes).
 */
// @ts-ignore: decorator
@inline
export function gemmPanel(
  MR: i32,
  NG: i32,
  rows: i32,
  a: usize,
  pitch: usize,
  panel: usize,
  depthBytes: usize,
  c: usize,
  ldc: usize,
  columns: i32,
  zeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
  spill: usize,
): void {
  const weights = panel + <usize>(NG * 16);
  const weightsEnd = weights + depthBytes;
  for (let m = 0; m < rows; m += MR) {
    let a0 = a + <usize>m * pitch;
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    if (MR > 1) a1 = m + 1 < rows ? a0 + pitch : a0;
    if (MR > 2) a2 = m + 2 < rows ? a1 + pitch : a1;
    if (MR > 3) a3 = m + 3 < rows ? a2 + pitch : a2;
    let s00 = v128.load(panel);
    let s01 = s00;
    let s02 = s00;
    let s03 = s00;
    if (NG > 1) s01 = v128.load(panel, 16);
    if (NG > 2) s02 = v128.load(panel, 32);
    if (NG > 3) s03 = v128.load(panel, 48);
    let s10 = s00;
    let s11 = s01;
    let s12 = s02;
    let s13 = s03;
    let s20 = s00;
    let s21 = s01;
    let s30 = s00;
    let s31 = s01;
    let w = weights;
    do {
      const b0 = v128.load(w);
      const b1 = v128.load(w, 16);
      let b2 = b0;
      let b3 = b0;
      if (NG > 2) b2 = v128.load(w, 32);
      if (NG > 3) b3 = v128.load(w, 48);
      {
        const x = v128.load32_splat(a0);
        s00 = dot(s00, x, b0);
        s01 = dot(s01, x, b1);
        if (NG > 2) s02 = dot(s02, x, b2);
        if (NG > 3) s03 = dot(s03, x, b3);
        a0 += 4;
      }
      if (MR > 1) {
        const x = v128.load32_splat(a1);
        s10 = dot(s10, x, b0);
        s11 = dot(s11, x, b1);
        if (NG > 2) s12 = dot(s12, x, b2);
        if (NG > 3) s13 = dot(s13, x, b3);
        a1 += 4;
      }
      if (MR > 2) {
        const x = v128.load32_splat(a2);
        s20 = dot(s20, x, b0);
        s21 = dot(s21, x, b1);
        a2 += 4;
      }
      if (MR > 3) {
        const x = v128.load32_splat(a3);
        s30 = dot(s30, x, b0);
        s31 = dot(s31, x, b1);
        a3 += 4;
      }
      w += <usize>(NG * 16);
    } while (w < weightsEnd);

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
    storeRow(NG, c0, s00, s01, s02, s03, w, lower, offset, upper, columns, spill);
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
  const q = i8x16.min_s(i8x16.narrow_i16x8_s(q01, q23), upper);
  if (columns >= NG * 4) {
    if (NG > 2) v128.store(c, q);
    else v128.store64_lane(c, q, 0);
  } else {
    v128.store(spill, q);
    for (let i: usize = 0; i < <usize>columns; i++) store<u8>(c + i, load<u8>(spill + i));
  }
}
