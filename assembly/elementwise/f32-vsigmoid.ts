import { expWide, expWideLanes } from "../lanes/exp";
import { HAS_SIMD } from "../lanes/features";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VsigmoidF32Args {
  input: usize;
  output: usize;
  length: i32;
  /** float64[32], 2^(i/32). */
  powers: usize;
}

/**
 * y = 1 / (1 + exp(−x)), float32, computed in float64 and rounded once, eq. (40).
 * A tile is a block. Reads up to 4 bytes past the input. The output may be the input.
 */
export function f32_vsigmoid(args: usize, begin: i32, end: i32): void {
  const p = changetype<VsigmoidF32Args>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + ((begin * BLOCK) << 2);
  const stop = p.input + (min(end * BLOCK, p.length) << 2);
  if (HAS_SIMD) {
    for (; from < stop; from += 8) {
      const y = f32x4.demote_f64x2_zero(logisticLanes(f64x2.promote_low_f32x4(v128.load64_zero(from)), p.powers));
      if (from + 8 <= stop) v128.store64_lane(to, y, 0);
      else v128.store32_lane(to, y, 0);
      to += 8;
    }
  } else {
    for (; from < stop; from += 4) {
      store<f32>(to, <f32>logistic(<f64>load<f32>(from), p.powers));
      to += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
function logisticLanes(x: v128, powers: usize): v128 {
  const one = f64x2.splat(1);
  return f64x2.div(one, f64x2.add(one, expWideLanes(f64x2.neg(x), powers)));
}

// @ts-ignore: decorator
@inline
function logistic(x: f64, powers: usize): f64 {
  return 1 / (1 + expWide(-x, powers));
}
