/**
 * exp, 1 / (1 + x), logistic and tanh on int32 fixed point, which TFLite's reference kernels and TFLite Micro take from
 * gemmlowp. A number in Qm stands for value · 2^(31 − m). Every step is exact integer arithmetic, (120)–(124).
 */
import { clamp, doublingHighProduct as product, roundHalfUp, roundingDivideByPowerOfTwo } from "./rounding.js";

const ONE = 2 ** 31 - 1;

const saturate = (x: number) => clamp(x, -(2 ** 31), ONE);

/** (120): e^x for x in [−¼, 0), Q0: the Taylor series around −⅛ up to the fourth power. */
function expNearZero(x: number): number {
  const y = x + 2 ** 28;
  const y2 = product(y, y);
  const y3 = product(y2, y);
  const y4 = roundingDivideByPowerOfTwo(product(y2, y2), 2);
  const tail = roundingDivideByPowerOfTwo(product(y4 + y3, 715827883) + y2, 1);
  return 1895147668 + product(1895147668, y + tail);
}

/** e^−¼, e^−½, e^−1 … e^−16 in Q0. */
const POWERS = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242];

/** (121): e^x for x ≤ 0 in Qm, as Q0: the part below ¼ by the series, the rest by a product for every bit. */
export function expFixed(x: number, m: 4 | 5): number {
  if (x === 0) return ONE;
  const quarter = 2 ** (31 - m - 2);
  const below = (x & (quarter - 1)) - quarter;
  const rest = below - x;
  let result = expNearZero(saturate(below * 2 ** m));
  for (let i = 0; i < m + 2; i++) {
    if (rest & (quarter * 2 ** i)) result = product(result, POWERS[i] as number);
  }
  return result;
}

/** (122): 2 / (1 + x) for x in [0, 1], Q0, as Q2: three Newton steps from 48/17 − 32/17 d, d = (1 + x) / 2. */
function twiceReciprocal(x: number): number {
  const half = roundHalfUp((x + ONE) / 2);
  let r = 1515870810 + product(half, -1010580540);
  for (let i = 0; i < 3; i++) r += product(r, 2 ** 29 - product(half, r)) * 4;
  return r;
}

/** (122): 1 / (1 + x) for x in [0, 1], both Q0. */
export function reciprocalFixed(x: number): number {
  return saturate(twiceReciprocal(x) * 2);
}

/** (124): 1 / (1 + e^−x) for x in Q4, as Q0. */
export function logisticFixed(x: number): number {
  if (x === 0) return 2 ** 30;
  const positive = reciprocalFixed(expFixed(-Math.abs(x), 4));
  return x > 0 ? positive : ONE - positive;
}

/** (124): tanh x for x in Q4, as Q0. The bits of x in Q5 are those of 2x in Q4. */
export function tanhFixed(x: number): number {
  if (x === 0) return 0;
  const positive = saturate((twiceReciprocal(expFixed(-Math.abs(x), 5)) - 2 ** 29) * 4);
  return x > 0 ? positive : -positive;
}
