import { HAS_SIMD } from "../lanes/features";
import { largestByte } from "./largest";

// @ts-ignore: decorator
@unmanaged
export class SoftmaxS8Args {
  input: usize;
  output: usize;
  /** Elements of one row. */
  length: i32;
  /** float32[256], exp(−scale · beta · v) at 255 − v. */
  table: usize;
  outputScale: f32;
  outputZeroPoint: i32;
  /**
   * A probability is rounded as trunc(f(p + addend)), plus 1 where at least `threshold` was cut off: 0 and 1/2 round
   * halves away from zero; 1/2 and 2 are TFLite's uint8 rounding.
   */
  addend: f32;
  threshold: f32;
}

/**
 * y = clamp(round(weight · f(1 / f(sum · outputScale))) + outputZeroPoint, −128, 127), weight = table[255 − max + x],
 * int8, eq. (20). The sum runs in index order. A tile is a row. The output may be the input.
 */
export function qs8_softmax(args: usize, begin: i32, end: i32): void {
  const p = changetype<SoftmaxS8Args>(args);
  const length = p.length;
  for (let row = begin; row < end; row++) {
    const from = p.input + row * length;
    const stop = from + length;
    // weights + 4 · x is the weight of x.
    const weights = p.table + ((255 - largestByte(from, length)) << 2);
    let sum: f32 = 0;
    for (let x = from; x < stop; x++) sum += load<f32>(weights + (load<i8>(x) << 2));
    scaleRow(p, from, stop, p.output + row * length, weights, 1 / (sum * p.outputScale));
  }
}

// @ts-ignore: decorator
@inline
function scaleRow(p: SoftmaxS8Args, from: usize, stop: usize, to: usize, weights: usize, inverse: f32): void {
  if (HAS_SIMD) {
    const factor = f32x4.splat(inverse);
    const addend = f32x4.splat(p.addend);
    const threshold = f32x4.splat(p.threshold);
    const zeroPoint = i16x8.splat(<i16>p.outputZeroPoint);
    for (; from + 4 <= stop; from += 4) {
      let weight = v128.load32_zero(weights + (load<i8>(from) << 2));
      weight = v128.load32_lane(weights + (load<i8>(from, 1) << 2), weight, 1);
      weight = v128.load32_lane(weights + (load<i8>(from, 2) << 2), weight, 2);
      weight = v128.load32_lane(weights + (load<i8>(from, 3) << 2), weight, 3);
      const moved = f32x4.add(f32x4.mul(weight, factor), addend);
      const whole = f32x4.trunc(moved);
      // A mask is −1 where true.
      const up = f32x4.ge(f32x4.sub(moved, whole), threshold);
      const rounded = i32x4.sub(i32x4.trunc_sat_f32x4_s(whole), up);
      const y = i16x8.add_sat_s(i16x8.narrow_i32x4_s(rounded, rounded), zeroPoint);
      v128.store32_lane(to, i8x16.narrow_i16x8_s(y, y), 0);
      to += 4;
    }
  }
  for (; from < stop; from++) {
    const moved = load<f32>(weights + (load<i8>(from) << 2)) * inverse + p.addend;
    // Far above any int8, and small enough for what follows.
    const whole = trunc<f32>(moved < 1024 ? moved : 1024);
    const rounded = <i32>whole + i32(moved - whole >= p.threshold);
    store<i8>(to, min(max(rounded + p.outputZeroPoint, -128), 127));
    to++;
  }
}
