import { ConvArgs } from "../window/args";

/** Where the terms of `writeRowTerms` lie, or 0 where the weights have no zero point. */
// @ts-ignore: decorator
@inline
export function rowTerms(a: ConvArgs): usize {
  return a.weightsZeroPoint != 0 ? a.spill + 64 : 0;
}

/**
 * −weightsZeroPoint · Σ of each scratch row, behind the spill area: what uint8 weights, stored 128 lower and so with a
 * zero point, add to every output of the row. Sets the row's padding to 0 first. FLIP says what the bytes are: int8, or
 * with 0x80 uint8.
 */
// @ts-ignore: decorator
@inline
export function writeRowTerms(FLIP: i32, a: ConvArgs, rows: i32): void {
  let row = a.scratch;
  let term = a.spill + 64;
  for (let r = 0; r < rows; r++) {
    for (let k = a.k; k < a.kPadded; k++) store<u8>(row + <usize>k, 0);
    let sums = i32x4.splat(0);
    let k: usize = 0;
    for (; k + 16 <= <usize>a.kPadded; k += 16) sums = i32x4.add(sums, sumsOfFour(FLIP, v128.load(row + k)));
    for (; k < <usize>a.kPadded; k += 4) sums = i32x4.add(sums, sumsOfFour(FLIP, v128.load32_zero(row + k)));
    sums = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
    sums = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 1, 0, 3, 2));
    store<i32>(term, -a.weightsZeroPoint * i32x4.extract_lane(sums, 0));
    row += <usize>a.kPadded;
    term += 4;
  }
}

// @ts-ignore: decorator
@inline
function sumsOfFour(FLIP: i32, bytes: v128): v128 {
  if (FLIP == 0) return i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(bytes));
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
}
