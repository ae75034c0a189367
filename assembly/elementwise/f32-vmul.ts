import { HAS_SIMD } from "../lanes/features";
import { clampFloat, clampLanes } from "../lanes/float-clamp";
import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";

// @ts-ignore: decorator
@unmanaged
export class VmulF32Args {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  min: f32;
  max: f32;
}

/**
 * y = clamp(a · b, min, max), float32, eq. (46). NaN stays NaN.
 * A tile is a block of a row. The output may be either input.
 */
export function f32_vmul(args: usize, begin: i32, end: i32): void {
  const p = changetype<VmulF32Args>(args);
  const shape = changetype<BroadcastArgs>(p.shape);
  while (begin < end) {
    const row = begin / shape.rowBlocks;
    const stop = min(end, (row + 1) * shape.rowBlocks);
    const first = (begin - row * shape.rowBlocks) * BLOCK;
    multiplyRow(
      p,
      p.a + ((rowOfA(shape, row) + first) << 2),
      p.b + (rowOfB(shape, row, first) << 2),
      shape.bScalar,
      p.output + ((row * shape.rowLength + first) << 2),
      min((stop - begin) * BLOCK, shape.rowLength - first),
    );
    begin = stop;
  }
}

// @ts-ignore: decorator
@inline
function multiplyRow(p: VmulF32Args, a: usize, b: usize, bScalar: i32, to: usize, n: i32): void {
  const stop = a + (n << 2);
  if (HAS_SIMD) {
    const lowest = f32x4.splat(p.min);
    const highest = f32x4.splat(p.max);
    let vb = v128.load32_splat(b);
    for (; a + 16 <= stop; a += 16) {
      if (!bScalar) {
        vb = v128.load(b);
        b += 16;
      }
      v128.store(to, clampLanes(f32x4.mul(v128.load(a), vb), lowest, highest));
      to += 16;
    }
  }
  const step: usize = bScalar ? 0 : 4;
  for (; a < stop; a += 4) {
    store<f32>(to, clampFloat(load<f32>(a) * load<f32>(b), p.min, p.max));
    b += step;
    to += 4;
  }
}
