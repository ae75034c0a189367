import { HAS_SIMD } from "../lanes/features";
import { roundAndClamp, roundNumbers } from "../lanes/round";
import { largestByte } from "./largest";

// @ts-ignore: decorator
@unmanaged
export class SoftmaxOnnxArgs {
  input: usize;
  output: usize;
  /** Elements of one row. */
  length: i32;
  /** float32[256]: the weight of x at 255 − max + x. */
  table: usize;
  /** Steps of the output that make 1. */
  steps: f32;
  zeroPoint: i32;
}

/**
 * y = min(rne(f(f(weight · steps) / sum)) + zeroPoint, 127), weight = table[255 − max + x], int8, eq. (107). The sum runs in
 * index order. A tile is a row. The output may be the input.
 */
export function qs8_softmax_onnx(args: usize, begin: i32, end: i32): void {
  const p = changetype<SoftmaxOnnxArgs>(args);
  const length = p.length;
  for (let row = begin; row < end; row++) {
    const from = p.input + row * length;
    const stop = from + length;
    // weights + 4 · x is the weight of x.
    const weights = p.table + ((255 - largestByte(from, length)) << 2);
    let sum: f32 = 0;
    for (let x = from; x < stop; x++) sum += load<f32>(weights + (load<i8>(x) << 2));
    divideRow(p, from, stop, p.output + row * length, weights, sum);
  }
}

// @ts-ignore: decorator
@inline
function divideRow(p: SoftmaxOnnxArgs, from: usize, stop: usize, to: usize, weights: usize, sum: f32): void {
  if (HAS_SIMD) {
    const steps = f32x4.splat(p.steps);
    const divisor = f32x4.splat(sum);
    const zeroPoint = i16x8.splat(<i16>p.zeroPoint);
    for (; from + 4 <= stop; from += 4) {
      let weight = v128.load32_zero(weights + (load<i8>(from) << 2));
      weight = v128.load32_lane(weights + (load<i8>(from, 1) << 2), weight, 1);
      weight = v128.load32_lane(weights + (load<i8>(from, 2) << 2), weight, 2);
      weight = v128.load32_lane(weights + (load<i8>(from, 3) << 2), weight, 3);
      const rounded = roundNumbers(f32x4.div(f32x4.mul(weight, steps), divisor));
      const y = i16x8.add_sat_s(i16x8.narrow_i32x4_s(rounded, rounded), zeroPoint);
      v128.store32_lane(to, i8x16.narrow_i16x8_s(y, y), 0);
      to += 4;
    }
  }
  for (; from < stop; from++) {
    const weight = load<f32>(weights + (load<i8>(from) << 2));
    store<i8>(to, roundAndClamp((weight * p.steps) / sum, p.zeroPoint));
    to++;
  }
}
