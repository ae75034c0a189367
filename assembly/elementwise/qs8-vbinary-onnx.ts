import { HAS_SIMD } from "../lanes/features";
import { roundAndClamp, roundNumbers } from "../lanes/round";
import { storeFirst } from "../lanes/store-first";
import { BLOCK } from "./block";
import { BroadcastArgs, rowOfA, rowOfB } from "./broadcast";

// @ts-ignore: decorator
@unmanaged
export class VbinaryOnnxArgs {
  a: usize;
  b: usize;
  output: usize;
  shape: usize;
  zeroPointA: i32;
  zeroPointB: i32;
  /** Negative for what is subtracted. */
  scaleA: f32;
  scaleB: f32;
  /** Of the output. */
  scale: f32;
  /** The zero point, where it is added before rounding; 128 higher for what was uint8. */
  early: f32;
  /** What is added after rounding: the zero point, or what `early` is too high by. */
  late: i32;
  min: i32;
  max: i32;
}

/**
 * y = clamp(rne(f((A + B) / scale) + early) + late, min, max), A = (a − zeroPointA) · scaleA, B likewise, float32: sums and
 * differences in "onnx", eq. (102), (104). A tile is a block of a row. Reads up to 15 bytes past `a` and `b`. The output may be
 * either input.
 */
export function qs8_vadd_onnx(args: usize, begin: i32, end: i32): void {
  rows(changetype<VbinaryOnnxArgs>(args), begin, end, false);
}

/** The same with A · B, eq. (103). */
export function qs8_vmul_onnx(args: usize, begin: i32, end: i32): void {
  rows(changetype<VbinaryOnnxArgs>(args), begin, end, true);
}

// @ts-ignore: decorator
@inline
function rows(p: VbinaryOnnxArgs, begin: i32, end: i32, isProduct: bool): void {
  const shape = changetype<BroadcastArgs>(p.shape);
  while (begin < end) {
    const row = begin / shape.rowBlocks;
    const stop = min(end, (row + 1) * shape.rowBlocks);
    const first = (begin - row * shape.rowBlocks) * BLOCK;
    const a = p.a + rowOfA(shape, row) + first;
    const b = p.b + rowOfB(shape, row, first);
    const to = p.output + row * shape.rowLength + first;
    computeRow(p, a, b, shape.bScalar, to, min((stop - begin) * BLOCK, shape.rowLength - first), isProduct);
    begin = stop;
  }
}

/** Four lanes of a quotient; `a` and `b` are int16 in the low or the high half. */
// @ts-ignore: decorator
@inline
function quotient(a: v128, b: v128, scaleA: v128, scaleB: v128, scale: v128, isProduct: bool): v128 {
  const realA = f32x4.mul(f32x4.convert_i32x4_s(a), scaleA);
  const realB = f32x4.mul(f32x4.convert_i32x4_s(b), scaleB);
  return f32x4.div(isProduct ? f32x4.mul(realA, realB) : f32x4.add(realA, realB), scale);
}

// @ts-ignore: decorator
@inline
function computeRow(p: VbinaryOnnxArgs, a: usize, b: usize, bScalar: i32, to: usize, n: i32, isProduct: bool): void {
  if (HAS_SIMD) {
    const za = i16x8.splat(<i16>p.zeroPointA);
    const zb = i16x8.splat(<i16>p.zeroPointB);
    const sa = f32x4.splat(p.scaleA);
    const sb = f32x4.splat(p.scaleB);
    const scale = f32x4.splat(p.scale);
    const early = f32x4.splat(p.early);
    const late = i16x8.splat(<i16>p.late);
    const lowest = i8x16.splat(<i8>p.min);
    const highest = i8x16.splat(<i8>p.max);
    let vb = v128.load8_splat(b);
    do {
      const va = v128.load(a);
      if (!bScalar) vb = v128.load(b);
      const a0 = i16x8.sub(i16x8.extend_low_i8x16_s(va), za);
      const b0 = i16x8.sub(i16x8.extend_low_i8x16_s(vb), zb);
      const q0 = quotient(i32x4.extend_low_i16x8_s(a0), i32x4.extend_low_i16x8_s(b0), sa, sb, scale, isProduct);
      const q1 = quotient(i32x4.extend_high_i16x8_s(a0), i32x4.extend_high_i16x8_s(b0), sa, sb, scale, isProduct);
      const a1 = i16x8.sub(i16x8.extend_high_i8x16_s(va), za);
      const b1 = i16x8.sub(i16x8.extend_high_i8x16_s(vb), zb);
      const q2 = quotient(i32x4.extend_low_i16x8_s(a1), i32x4.extend_low_i16x8_s(b1), sa, sb, scale, isProduct);
      const q3 = quotient(i32x4.extend_high_i16x8_s(a1), i32x4.extend_high_i16x8_s(b1), sa, sb, scale, isProduct);
      const y0 = i16x8.narrow_i32x4_s(roundNumbers(f32x4.add(q0, early)), roundNumbers(f32x4.add(q1, early)));
      const y1 = i16x8.narrow_i32x4_s(roundNumbers(f32x4.add(q2, early)), roundNumbers(f32x4.add(q3, early)));
      const bytes = i8x16.narrow_i16x8_s(i16x8.add_sat_s(y0, late), i16x8.add_sat_s(y1, late));
      const y = i8x16.min_s(i8x16.max_s(bytes, lowest), highest);
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
      const realA = <f32>(<i32>load<i8>(a) - p.zeroPointA) * p.scaleA;
      const realB = <f32>(<i32>load<i8>(b) - p.zeroPointB) * p.scaleB;
      const real = (isProduct ? realA * realB : realA + realB) / p.scale;
      store<i8>(to, min(max(roundAndClamp(real + p.early, p.late), p.min), p.max));
      b += step;
      to++;
    }
  }
}
