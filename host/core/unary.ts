/** Functions of one number, float32 to float32, by name: what op `unary` computes. */
import { clampFloat } from "./activation.js";
import { erff, geluf, geluTanhf } from "./erf.js";
import { expf, expWide, tanhNear } from "./exp.js";
import { logf, softplusf } from "./log.js";
import { MAX_FLOAT } from "./quantization.js";
import { roundHalfEven } from "./rounding.js";

const f = Math.fround;

/** Those that Wasm has an instruction or two for. Eq. (58). */
export const SIMPLE_UNARY = [
  "neg",
  "abs",
  "sqrt",
  "rsqrt",
  "reciprocal",
  "square",
  "floor",
  "ceil",
  "round",
  "sign",
] as const;
/** Those made of exp and ln. */
export const MATH_UNARY = ["exp", "log", "erf", "softplus", "gelu", "gelu_tanh"] as const;

export const UNARY = [...SIMPLE_UNARY, ...MATH_UNARY] as const;
export type Unary = (typeof UNARY)[number];

export const UNARY_FUNCTIONS: { readonly [U in Unary]: (x: number) => number } = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: (x) => f(Math.sqrt(x)),
  rsqrt: (x) => f(1 / f(Math.sqrt(x))),
  reciprocal: (x) => f(1 / x),
  square: (x) => f(x * x),
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundTies,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : x),
  exp: expf,
  log: logf,
  erf: erff,
  softplus: softplusf,
  gelu: geluf,
  gelu_tanh: geluTanhf,
};

/** Ties to even; what rounds to 0 keeps its sign, as in Wasm. */
function roundTies(x: number): number {
  const rounded = roundHalfEven(x);
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

/**
 * x ≥ 0 ? x : alpha · (exp(x) − 1) in float32. Near 0, where that cancels, exp(x) − 1 = 2t / (1 − t) with t = tanh(x/2).
 * Eq. (59).
 */
export function eluf(x: number, alpha: number): number {
  if (x >= 0) return x;
  if (!(x > -1)) return f(alpha * (expWide(x) - 1));
  const t = tanhNear(x * 0.5);
  return f(alpha * ((t + t) / (1 - t)));
}

/** alpha · x + beta clamped to 0…1 in float32, eq. (60). */
export function hardSigmoidf(x: number, alpha: number, beta: number): number {
  return clampFloat(f(f(f(alpha) * x) + f(beta)), 0, 1);
}

/** What op `clip` means by its bounds: the largest ones are none. */
export function clipRange({ min, max }: { readonly min: number; readonly max: number }): { min: number; max: number } {
  return {
    min: min === -MAX_FLOAT ? Number.NEGATIVE_INFINITY : f(min),
    max: max === MAX_FLOAT ? Number.POSITIVE_INFINITY : f(max),
  };
}
