/** Register transposes: k rounds of zips of row i with row i + n/2 bring n = 2^k rows into column order. */

// @ts-ignore: decorator
@inline
function zipLow(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function zipHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Rows i and i + 8, 8 bytes each. */
// @ts-ignore: decorator
@inline
function loadPair(from: usize, i: usize, fromRow: usize): v128 {
  return zipLow(v128.load64_zero(from + i * fromRow), v128.load64_zero(from + (i + 8) * fromRow));
}

/**
 * 16 rows × 8 columns of bytes become 8 × 16; the first `columns` of them are stored. Reads 8 columns of every row.
 */
// @ts-ignore: decorator
@inline
export function x8_block(to: usize, from: usize, fromRow: usize, toColumn: usize, columns: usize): void {
  const a0 = loadPair(from, 0, fromRow);
  const a4 = loadPair(from, 4, fromRow);
  const b0 = zipLow(a0, a4);
  const b1 = zipHigh(a0, a4);
  const a2 = loadPair(from, 2, fromRow);
  const a6 = loadPair(from, 6, fromRow);
  const b4 = zipLow(a2, a6);
  const b5 = zipHigh(a2, a6);
  // Columns 0 and 1, 2 and 3, …, even rows.
  const even0 = zipLow(b0, b4);
  const even1 = zipHigh(b0, b4);
  const even2 = zipLow(b1, b5);
  const even3 = zipHigh(b1, b5);
  const a1 = loadPair(from, 1, fromRow);
  const a5 = loadPair(from, 5, fromRow);
  const b2 = zipLow(a1, a5);
  const b3 = zipHigh(a1, a5);
  const a3 = loadPair(from, 3, fromRow);
  const a7 = loadPair(from, 7, fromRow);
  const b6 = zipLow(a3, a7);
  const b7 = zipHigh(a3, a7);
  const odd0 = zipLow(b2, b6);
  const odd1 = zipHigh(b2, b6);
  const odd2 = zipLow(b3, b7);
  const odd3 = zipHigh(b3, b7);

  v128.store(to, zipLow(even0, odd0));
  if (columns > 1) v128.store(to + toColumn, zipHigh(even0, odd0));
  if (columns > 2) v128.store(to + 2 * toColumn, zipLow(even1, odd1));
  if (columns > 3) v128.store(to + 3 * toColumn, zipHigh(even1, odd1));
  if (columns > 4) v128.store(to + 4 * toColumn, zipLow(even2, odd2));
  if (columns > 5) v128.store(to + 5 * toColumn, zipHigh(even2, odd2));
  if (columns > 6) v128.store(to + 6 * toColumn, zipLow(even3, odd3));
  if (columns > 7) v128.store(to + 7 * toColumn, zipHigh(even3, odd3));
}

/** 4 × 4 elements of 4 bytes. */
// @ts-ignore: decorator
@inline
export function x32_block(to: usize, from: usize, fromRow: usize, toColumn: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + fromRow);
  const r2 = v128.load(from + 2 * fromRow);
  const r3 = v128.load(from + 3 * fromRow);
  const a0 = v128.shuffle<i32>(r0, r2, 0, 4, 1, 5);
  const a1 = v128.shuffle<i32>(r1, r3, 0, 4, 1, 5);
  const a2 = v128.shuffle<i32>(r0, r2, 2, 6, 3, 7);
  const a3 = v128.shuffle<i32>(r1, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i32>(a0, a1, 0, 4, 1, 5));
  v128.store(to + toColumn, v128.shuffle<i32>(a0, a1, 2, 6, 3, 7));
  v128.store(to + 2 * toColumn, v128.shuffle<i32>(a2, a3, 0, 4, 1, 5));
  v128.store(to + 3 * toColumn, v128.shuffle<i32>(a2, a3, 2, 6, 3, 7));
}
