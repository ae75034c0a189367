import { HAS_SIMD } from "../lanes/features";
import { ResizeArgs } from "./args";

/** Bilinear: along the row above and the row below, then between them, docs/quantization.md (32). */
// @ts-ignore: decorator
@inline
export function f32Pixel(a: ResizeArgs, to: usize, tl: usize, tr: usize, bl: usize, br: usize, wx: f32, wy: f32): void {
  const bytes = a.channels << 2;
  let c: usize = 0;
  if (HAS_SIMD) {
    for (; c + 16 <= bytes; c += 16) {
      const t = lerpLanes(v128.load(tl + c), v128.load(tr + c), f32x4.splat(wx));
      const b = lerpLanes(v128.load(bl + c), v128.load(br + c), f32x4.splat(wx));
      v128.store(to + c, lerpLanes(t, b, f32x4.splat(wy)));
    }
  }
  for (; c < bytes; c += 4) {
    const t = lerp(load<f32>(tl + c), load<f32>(tr + c), wx);
    const b = lerp(load<f32>(bl + c), load<f32>(br + c), wx);
    store<f32>(to + c, lerp(t, b, wy));
  }
}

// @ts-ignore: decorator
@inline
function lerpLanes(a: v128, b: v128, weight: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), weight));
}

// @ts-ignore: decorator
@inline
function lerp(a: f32, b: f32, weight: f32): f32 {
  return a + (b - a) * weight;
}
