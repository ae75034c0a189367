import { expWide, expWideLanes } from "../lanes/exp";
import { HAS_SIMD } from "../lanes/features";
import { logWide, logWideLanes } from "../lanes/log";
import { largestFloat } from "./largest";

// @ts-ignore: decorator
@unmanaged
export class SoftmaxF32Args {
  input: usize;
  output: usize;
  /** Elements of one row. */
  length: i32;
  beta: f32;
  /** float64[32], 2^(i/32); for the logarithm all constants of lanes/horner. */
  powers: usize;
  isLog: i32;
}

/**
 * y = weight / sum, weight = f(exp(f(beta · f(x − max)))), float32, eq. (49). The sum runs in index order. A row that
 * holds a NaN becomes NaN. With `isLog` its logarithm, y = f(f(x − max) − f(ln(sum))), eq. (69). A tile is a row. Reads up
 * to 4 bytes past the input. The output may be the input.
 */
export function f32_softmax(args: usize, begin: i32, end: i32): void {
  const p = changetype<SoftmaxF32Args>(args);
  for (let row = begin; row < end; row++) {
    const start = (row * p.length) << 2;
    const to = p.output + start;
    const from = p.input + start;
    const largest = largestFloat(from, p.length);
    const sum = weighRow(p, from, to, largest);
    if (p.isLog) subtractRow(from, to, p.length, largest, logarithm(sum, p.powers));
    else divideRow(to, p.length, sum);
  }
}

// @ts-ignore: decorator
@inline
function logarithm(x: f32, table: usize): f32 {
  if (HAS_SIMD) {
    return f32x4.extract_lane(f32x4.demote_f64x2_zero(logWideLanes(f64x2.splat(<f64>x), table)), 0);
  }
  return <f32>logWide(<f64>x, table);
}

// @ts-ignore: decorator
@inline
function subtractRow(from: usize, to: usize, length: i32, largest: f32, logarithm: f32): void {
  for (const stop = from + (length << 2); from < stop; from += 4) {
    store<f32>(to, load<f32>(from) - largest - logarithm);
    to += 4;
  }
}

/** Stores the row's weights, unless they are only wanted summed up, and returns their sum. */
// @ts-ignore: decorator
@inline
function weighRow(p: SoftmaxF32Args, from: usize, to: usize, largest: f32): f32 {
  const beta = p.beta;
  const stop = from + (p.length << 2);
  let sum: f32 = 0;
  if (HAS_SIMD) {
    const most = f32x4.splat(largest);
    const betas = f32x4.splat(beta);
    for (; from < stop; from += 8) {
      const x = f32x4.mul(betas, f32x4.sub(v128.load64_zero(from), most));
      const weights = f32x4.demote_f64x2_zero(expWideLanes(f64x2.promote_low_f32x4(x), p.powers));
      sum += f32x4.extract_lane(weights, 0);
      const isPair = from + 8 <= stop;
      if (isPair) sum += f32x4.extract_lane(weights, 1);
      if (!p.isLog) {
        if (isPair) v128.store64_lane(to, weights, 0);
        else v128.store32_lane(to, weights, 0);
      }
      to += 8;
    }
  } else {
    for (; from < stop; from += 4) {
      const weight = <f32>expWide(<f64>(beta * (load<f32>(from) - largest)), p.powers);
      if (!p.isLog) store<f32>(to, weight);
      sum += weight;
      to += 4;
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function divideRow(to: usize, length: i32, sum: f32): void {
  const stop = to + (length << 2);
  if (HAS_SIMD) {
    const divisor = f32x4.splat(sum);
    for (; to + 16 <= stop; to += 16) v128.store(to, f32x4.div(v128.load(to), divisor));
  }
  for (; to < stop; to += 4) store<f32>(to, load<f32>(to) / sum);
}
