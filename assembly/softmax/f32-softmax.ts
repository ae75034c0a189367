import { expWide, expWideLanes } from "../lanes/exp";
import { HAS_SIMD } from "../lanes/features";
import { largestFloat } from "./largest";

// @ts-ignore: decorator
@unmanaged
export class SoftmaxF32Args {
  input: usize;
  output: usize;
  /** Elements of one row. */
  length: i32;
  beta: f32;
  /** float64[32], 2^(i/32). */
  powers: usize;
}

/**
 * y = weight / sum, weight = f(exp(f(beta · f(x − max)))), float32, eq. (49). The sum runs in index order. A row that
 * holds a NaN becomes NaN. A tile is a row. Reads up to 4 bytes past the input. The output may be the input.
 */
export function f32_softmax(args: usize, begin: i32, end: i32): void {
  const p = changetype<SoftmaxF32Args>(args);
  for (let row = begin; row < end; row++) {
    const start = (row * p.length) << 2;
    const to = p.output + start;
    const sum = weighRow(p, p.input + start, to, largestFloat(p.input + start, p.length));
    divideRow(to, p.length, sum);
  }
}

/** Stores the row's weights and returns their sum. */
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
      if (from + 8 <= stop) {
        v128.store64_lane(to, weights, 0);
        sum += f32x4.extract_lane(weights, 1);
      } else v128.store32_lane(to, weights, 0);
      to += 8;
    }
  } else {
    for (; from < stop; from += 4) {
      const weight = <f32>expWide(<f64>(beta * (load<f32>(from) - largest)), p.powers);
      store<f32>(to, weight);
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
