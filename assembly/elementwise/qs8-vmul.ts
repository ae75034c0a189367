import { HAS_SIMD } from "../lanes/features";
import { lowerBound, requantizeLanes, requantizeOne, roundingOffset } from "../lanes/requantize";
import { storeFirst } from "../lanes/store-first";
import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";

// @ts-ignore: decorator
@unmanaged
export class VmulArgs {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  zeroPointA: i32;
  zeroPointB: i32;
  scale: f32;
  zeroPoint: i32;
  min: i32;
  max: i32;
}

/**
 * y = clamp(rne(f32((a − zeroPointA) · (b − zeroPointB)) · scale) + zeroPoint, min, max), int8. Eq. (14), "xnnpack".
 * A tile is a block of a row. Reads up to 15 bytes past `a` and `b`. The output may be either input.
 */
export function qs8_vmul(args: usize, begin: i32, end: i32): void {
  const p = changetype<VmulArgs>(args);
  const shape = changetype<BroadcastArgs>(p.shape);
  while (begin < end) {
    const row = begin / shape.rowBlocks;
    const stop = min(end, (row + 1) * shape.rowBlocks);
    const first = (begin - row * shape.rowBlocks) * BLOCK;
    multiplyRow(
      p,
      p.a + rowOfA(shape, row) + first,
      p.b + rowOfB(shape, row, first),
      shape.bScalar,
      p.output + row * shape.rowLength + first,
      min((stop - begin) * BLOCK, shape.rowLength - first),
    );
    begin = stop;
  }
}

// @ts-ignore: decorator
@inline
function multiplyRow(p: VmulArgs, a: usize, b: usize, bScalar: i32, to: usize, n: i32): void {
  if (HAS_SIMD) {
    const za = i16x8.splat(<i16>p.zeroPointA);
    const zb = i16x8.splat(<i16>p.zeroPointB);
    const scale = f32x4.splat(p.scale);
    const lower = lowerBound(p.min, p.zeroPoint);
    const offset = roundingOffset(p.zeroPoint);
    const highest = i8x16.splat(<i8>p.max);
    let vb = v128.load8_splat(b);
    do {
      const va = v128.load(a);
      if (!bScalar) vb = v128.load(b);
      const a0 = i16x8.sub(i16x8.extend_low_i8x16_s(va), za);
      const b0 = i16x8.sub(i16x8.extend_low_i8x16_s(vb), zb);
      const a1 = i16x8.sub(i16x8.extend_high_i8x16_s(va), za);
      const b1 = i16x8.sub(i16x8.extend_high_i8x16_s(vb), zb);
      const y0 = requantizeLanes(i32x4.extmul_low_i16x8_s(a0, b0), scale, lower, offset);
      const y1 = requantizeLanes(i32x4.extmul_high_i16x8_s(a0, b0), scale, lower, offset);
      const y2 = requantizeLanes(i32x4.extmul_low_i16x8_s(a1, b1), scale, lower, offset);
      const y3 = requantizeLanes(i32x4.extmul_high_i16x8_s(a1, b1), scale, lower, offset);
      const h = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(y0, y1), i16x8.narrow_i32x4_s(y2, y3));
      const y = i8x16.min_s(h, highest);
      if (n >= 16) v128.store(to, y);
      else storeFirst(to, y, n);
      a += 16;
      b += 16;
      to += 16;
      n -= 16;
    } while (n > 0);
  } else {
    const step = <usize>!bScalar;
    for (const stop = a + n; a < stop; a++) {
      const product = (load<i8>(a) - p.zeroPointA) * (load<i8>(b) - p.zeroPointB);
      store<i8>(to, requantizeOne(product, p.scale, p.zeroPoint, p.min, p.max));
      b += step;
      to++;
    }
  }
}
