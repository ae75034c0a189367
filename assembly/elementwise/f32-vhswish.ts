import { HAS_SIMD } from "../lanes/features";
import { clampFloat, clampLanes } from "../lanes/float-clamp";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VhswishF32Args {
  input: usize;
  output: usize;
  length: i32;
}

/** y = x · (clamp(x + 3, 0, 6) / 6), float32, eq. (48). A tile is a block. The output may be the input. */
export function f32_vhswish(args: usize, begin: i32, end: i32): void {
  const p = changetype<VhswishF32Args>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + ((begin * BLOCK) << 2);
  const stop = p.input + (min(end * BLOCK, p.length) << 2);
  if (HAS_SIMD) {
    for (; from + 16 <= stop; from += 16) {
      v128.store(to, hardSwishLanes(v128.load(from)));
      to += 16;
    }
  }
  for (; from < stop; from += 4) {
    store<f32>(to, hardSwish(load<f32>(from)));
    to += 4;
  }
}

// @ts-ignore: decorator
@inline
function hardSwishLanes(x: v128): v128 {
  const gate = clampLanes(f32x4.add(x, f32x4.splat(3)), f32x4.splat(0), f32x4.splat(6));
  return f32x4.mul(x, f32x4.div(gate, f32x4.splat(6)));
}

// @ts-ignore: decorator
@inline
function hardSwish(x: f32): f32 {
  return x * (clampFloat(x + 3, 0, 6) / 6);
}
