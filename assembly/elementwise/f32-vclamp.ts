import { HAS_SIMD } from "../lanes/features";
import { clampFloat, clampLanes } from "../lanes/float-clamp";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VclampF32Args {
  input: usize;
  output: usize;
  length: i32;
  min: f32;
  max: f32;
}

/**
 * y = clamp(x, min, max), float32: a stand-alone relu, eq. (42). NaN stays NaN. A tile is a block. The output may be
 * the input.
 */
export function f32_vclamp(args: usize, begin: i32, end: i32): void {
  const p = changetype<VclampF32Args>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + ((begin * BLOCK) << 2);
  const stop = p.input + (min(end * BLOCK, p.length) << 2);
  if (HAS_SIMD) {
    const lowest = f32x4.splat(p.min);
    const highest = f32x4.splat(p.max);
    for (; from + 16 <= stop; from += 16) {
      v128.store(to, clampLanes(v128.load(from), lowest, highest));
      to += 16;
    }
  }
  for (; from < stop; from += 4) {
    store<f32>(to, clampFloat(load<f32>(from), p.min, p.max));
    to += 4;
  }
}
