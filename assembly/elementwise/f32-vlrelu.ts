import { HAS_SIMD } from "../lanes/features";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VlreluF32Args {
  input: usize;
  output: usize;
  length: i32;
  alpha: f32;
}

/** y = x ≥ 0 ? x : alpha · x, float32, eq. (47). A tile is a block. The output may be the input. */
export function f32_vlrelu(args: usize, begin: i32, end: i32): void {
  const p = changetype<VlreluF32Args>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + ((begin * BLOCK) << 2);
  const stop = p.input + (min(end * BLOCK, p.length) << 2);
  if (HAS_SIMD) {
    const alpha = f32x4.splat(p.alpha);
    for (; from + 16 <= stop; from += 16) {
      v128.store(to, leakyLanes(v128.load(from), alpha));
      to += 16;
    }
  }
  for (; from < stop; from += 4) {
    store<f32>(to, leaky(load<f32>(from), p.alpha));
    to += 4;
  }
}

// @ts-ignore: decorator
@inline
function leakyLanes(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f32x4.mul(alpha, x), f32x4.ge(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function leaky(x: f32, alpha: f32): f32 {
  return x >= 0 ? x : alpha * x;
}
