import { HAS_SIMD } from "../lanes/features";
import { DynamicParamsArgs, Range, RANGE_BYTES, TFLITE, XNNPACK } from "./args";

/** Scale and zero point of a range of activations, (80), (81) or (108). A tile is a range. */
export function f32_qd8_params(args: usize, begin: i32, end: i32): void {
  const a = changetype<DynamicParamsArgs>(args);
  const bytes = (<usize>a.length) << 2;
  for (let tile = begin; tile < end; tile++) {
    const range = changetype<Range>(a.ranges + <usize>tile * RANGE_BYTES);
    let from = a.input + <usize>tile * bytes;
    const stop = from + bytes;
    let low: f32 = 0;
    let high: f32 = 0;
    if (HAS_SIMD) {
      // pmin and pmax with the value first keep the bound where the value is NaN.
      let lows = f32x4.splat(0);
      let highs = f32x4.splat(0);
      for (; from + 16 <= stop; from += 16) {
        const x = v128.load(from);
        lows = f32x4.pmin(lows, x);
        highs = f32x4.pmax(highs, x);
      }
      low = smallest(lows);
      high = -smallest(f32x4.neg(highs));
    }
    for (; from < stop; from += 4) {
      const x = load<f32>(from);
      if (x < low) low = x;
      if (x > high) high = x;
    }
    if (a.arithmetic == XNNPACK) floatParameters(range, low, high);
    else if (a.arithmetic == TFLITE) doubleParameters(range, low, high);
    else unsignedParameters(range, low, high);
    if (a.joinsScales) {
      range.weightFactor = range.accumulatorFactor;
      range.accumulatorFactor = 1;
    }
  }
}

/** Of four numbers. */
// @ts-ignore: decorator
@inline
function smallest(x: v128): f32 {
  const pairs = f32x4.min(x, v128.shuffle<i64>(x, x, 1, 0));
  return min(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** (80). The zero point is not a number where the range is infinite or tiny: then it is 0. */
// @ts-ignore: decorator
@inline
function floatParameters(range: Range, low: f32, high: f32): void {
  const factor = low == high ? <f32>1 : <f32>255 / (high - low);
  const bottom = low * factor;
  const top = high * factor;
  const zero = <f32>-128 + bottom + (<f32>127 + top) > 0 ? <f32>-128 - bottom : <f32>127 - top;
  range.factor = factor;
  range.zeroPoint = zero == zero ? <i32>nearest(max(min(zero, <f32>127), <f32>-128)) : 0;
  range.accumulatorFactor = <f32>1 / factor;
  range.weightFactor = 1;
}

/** (81) */
// @ts-ignore: decorator
@inline
function doubleParameters(range: Range, low: f32, high: f32): void {
  const scale = low == high ? 1.0 : (<f64>high - <f64>low) / 255.0;
  const bottom = <f64>low / scale;
  const top = <f64>high / scale;
  let zero = 128.0 - bottom < 127.0 + top ? -128.0 - bottom : 127.0 - top;
  zero = low < high && zero == zero ? max(min(zero, 127.0), -128.0) : 0.0;
  const whole = trunc(zero);
  range.zeroPoint = <i32>(whole + trunc((zero - whole) * 2.0));
  range.accumulatorFactor = <f32>scale;
  range.factor = <f32>1 / <f32>scale;
  range.weightFactor = 1;
}

/** (108), 128 lower than uint8. The zero point is not a number where the range is infinite or too small for a scale: then it is 0. */
// @ts-ignore: decorator
@inline
function unsignedParameters(range: Range, low: f32, high: f32): void {
  const step = low == high ? <f32>1 : (high - low) / <f32>255;
  const zero = <f32>0 - low / step;
  range.factor = step;
  range.zeroPoint = zero == zero ? <i32>nearest(max(min(zero, <f32>255), <f32>0)) - 128 : 0;
  range.accumulatorFactor = step;
  range.weightFactor = 1;
}
