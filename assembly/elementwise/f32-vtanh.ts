import { expWide, expWideLanes } from "../lanes/exp";
import { HAS_SIMD } from "../lanes/features";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VtanhF32Args {
  input: usize;
  output: usize;
  length: i32;
  /** float64[32], 2^(i/32). */
  powers: usize;
}

/**
 * y = tanh(x), float32, computed in float64 and rounded once, eq. (41): a continued fraction below 1/2, exp above.
 * A tile is a block. Reads up to 4 bytes past the input. The output may be the input.
 */
export function f32_vtanh(args: usize, begin: i32, end: i32): void {
  const p = changetype<VtanhF32Args>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + ((begin * BLOCK) << 2);
  const stop = p.input + (min(end * BLOCK, p.length) << 2);
  if (HAS_SIMD) {
    for (; from < stop; from += 8) {
      const y = f32x4.demote_f64x2_zero(tanhLanes(f64x2.promote_low_f32x4(v128.load64_zero(from)), p.powers));
      if (from + 8 <= stop) v128.store64_lane(to, y, 0);
      else v128.store32_lane(to, y, 0);
      to += 8;
    }
  } else {
    for (; from < stop; from += 4) {
      store<f32>(to, <f32>tanh(<f64>load<f32>(from), p.powers));
      to += 4;
    }
  }
}

/** Both forms are one quotient, which is divided once. */
// @ts-ignore: decorator
@inline
function tanhLanes(x: v128, powers: usize): v128 {
  const size = f64x2.abs(x);
  const near = f64x2.lt(size, f64x2.splat(0.5));
  const s = f64x2.mul(x, x);
  const c945 = f64x2.splat(945);
  const one = f64x2.splat(1);
  const nearAbove = f64x2.mul(x, f64x2.add(c945, f64x2.mul(s, f64x2.add(f64x2.splat(105), s))));
  const nearBelow = f64x2.add(c945, f64x2.mul(s, f64x2.add(f64x2.splat(420), f64x2.mul(s, f64x2.splat(15)))));
  const farBelow = f64x2.add(expWideLanes(f64x2.add(size, size), powers), one);
  const above = v128.bitselect(nearAbove, f64x2.splat(2), near);
  const quotient = f64x2.div(above, v128.bitselect(nearBelow, farBelow, near));
  const far = v128.bitselect(x, f64x2.sub(one, quotient), f64x2.splat(-0.0));
  return v128.bitselect(quotient, far, near);
}

// @ts-ignore: decorator
@inline
function tanh(x: f64, powers: usize): f64 {
  const size = abs(x);
  if (size < 0.5) {
    const s = x * x;
    return (x * (945 + s * (105 + s))) / (945 + s * (420 + s * 15));
  }
  return copysign<f64>(1 - 2 / (expWide(2 * size, powers) + 1), x);
}
