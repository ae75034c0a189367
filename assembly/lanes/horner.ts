/**
 * The constants behind exp, ln and erf, as the host lays them out (host/wasm/unary.ts `mathTable`), all float64:
 * 2^(i/32), then the coefficients of three polynomials, highest power first.
 */

/** Bytes from the start of the table; `FAR_END` is its size. */
// @ts-ignore: decorator
@inline
export const ARTANH: usize = 256;
// @ts-ignore: decorator
@inline
export const NEAR: usize = 344;
// @ts-ignore: decorator
@inline
export const FAR: usize = 408;
// @ts-ignore: decorator
@inline
export const FAR_END: usize = 488;

/** The polynomial whose coefficients are at [from, stop). A loop costs nothing here: each step waits for the one before. */
export function horner(x: f64, from: usize, stop: usize): f64 {
  let sum = load<f64>(from);
  for (from += 8; from < stop; from += 8) sum = sum * x + load<f64>(from);
  return sum;
}

/** Two at a time. */
export function hornerLanes(x: v128, from: usize, stop: usize): v128 {
  let sum = v128.load64_splat(from);
  for (from += 8; from < stop; from += 8) sum = f64x2.add(f64x2.mul(sum, x), v128.load64_splat(from));
  return sum;
}
