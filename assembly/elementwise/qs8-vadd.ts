import { HAS_SIMD } from "../lanes/features";
import { storeFirst } from "../lanes/store-first";
import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";

// @ts-ignore: decorator
@unmanaged
export class VaddArgs {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  bias: i32;
  multiplierA: i32;
  multiplierB: i32;
  shift: i32;
  zeroPoint: i32;
  min: i32;
  max: i32;
}

/**
 * y = clamp(((bias + a · multiplierA + b · multiplierB) >> shift) + zeroPoint, min, max), int8, in int32 that wraps.
 * Eq. (12), "xnnpack". A tile is a block of a row. Reads up to 15 bytes past `a` and `b`. The output may be either input.
 */
export function qs8_vadd(args: usize, begin: i32, end: i32): void {
  const p = changetype<VaddArgs>(args);
  const shape = changetype<BroadcastArgs>(p.shape);
  while (begin < end) {
    const row = begin / shape.rowBlocks;
    const stop = min(end, (row + 1) * shape.rowBlocks);
    const first = (begin - row * shape.rowBlocks) * BLOCK;
    addRow(
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

/** Four lanes of the shifted sum. */
// @ts-ignore: decorator
@inline
function sum(a: v128, b: v128, multiplierA: v128, multiplierB: v128, bias: v128, shift: i32): v128 {
  const scaled = i32x4.add(i32x4.mul(a, multiplierA), i32x4.mul(b, multiplierB));
  return i32x4.shr_s(i32x4.add(scaled, bias), shift);
}

// @ts-ignore: decorator
@inline
function addRow(p: VaddArgs, a: usize, b: usize, bScalar: i32, to: usize, n: i32): void {
  if (HAS_SIMD) {
    const ma = i32x4.splat(p.multiplierA);
    const mb = i32x4.splat(p.multiplierB);
    const bias = i32x4.splat(p.bias);
    const zeroPoint = i16x8.splat(<i16>p.zeroPoint);
    const lowest = i8x16.splat(<i8>p.min);
    const highest = i8x16.splat(<i8>p.max);
    const shift = p.shift;
    let vb = v128.load8_splat(b);
    do {
      const va = v128.load(a);
      if (!bScalar) vb = v128.load(b);
      const a0 = i16x8.extend_low_i8x16_s(va);
      const b0 = i16x8.extend_low_i8x16_s(vb);
      const a1 = i16x8.extend_high_i8x16_s(va);
      const b1 = i16x8.extend_high_i8x16_s(vb);
      const s0 = sum(i32x4.extend_low_i16x8_s(a0), i32x4.extend_low_i16x8_s(b0), ma, mb, bias, shift);
      const s1 = sum(i32x4.extend_high_i16x8_s(a0), i32x4.extend_high_i16x8_s(b0), ma, mb, bias, shift);
      const s2 = sum(i32x4.extend_low_i16x8_s(a1), i32x4.extend_low_i16x8_s(b1), ma, mb, bias, shift);
      const s3 = sum(i32x4.extend_high_i16x8_s(a1), i32x4.extend_high_i16x8_s(b1), ma, mb, bias, shift);
      const h0 = i16x8.add_sat_s(i16x8.narrow_i32x4_s(s0, s1), zeroPoint);
      const h1 = i16x8.add_sat_s(i16x8.narrow_i32x4_s(s2, s3), zeroPoint);
      const y = i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(h0, h1), lowest), highest);
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
      const scaled = p.bias + load<i8>(a) * p.multiplierA + load<i8>(b) * p.multiplierB;
      store<i8>(to, min(max((scaled >> p.shift) + p.zeroPoint, p.min), p.max));
      b += step;
      to++;
    }
  }
}
