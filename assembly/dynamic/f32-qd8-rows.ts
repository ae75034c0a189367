import { widenCopy } from "../lanes/activations";
import { HAS_SIMD } from "../lanes/features";
import { roundLanes } from "../lanes/round";
import { DynamicRowsArgs, ONNX, Range, TFLITE } from "./args";

/**
 * One padded row of stored activations, (82): zero points where the row is outside the image. TFLite adds the zero point
 * before it rounds ties away from zero, the others after they rounded them to even; NaN is real 0 in all. A tile is a row; a
 * range has as many rows as an image. Reads up to 28 bytes past the input, and writes up to 14 past a row.
 */
export function f32_qd8_rows(args: usize, begin: i32, end: i32): void {
  rows(changetype<DynamicRowsArgs>(args), begin, end, false);
}

/** The same of activations that are int8 already. Reads up to 15 bytes past the input, and writes up to 30 past a row. */
export function qs8_rows(args: usize, begin: i32, end: i32): void {
  rows(changetype<DynamicRowsArgs>(args), begin, end, true);
}

// @ts-ignore: decorator
@inline
function rows(a: DynamicRowsArgs, begin: i32, end: i32, isInt8: bool): void {
  const shift: usize = a.bytes >> 1;
  for (let tile = begin; tile < end; tile++) {
    const image = tile / a.paddedHeight;
    const y = tile - image * a.paddedHeight - a.padTop;
    const range = changetype<Range>(a.ranges + <usize>(image * a.imageRangePitch));
    const row = a.rows + <usize>tile * <usize>a.rowPitch;
    const isInside = <u32>y < <u32>a.inputHeight;
    const before = isInside ? min(a.before, a.rowLength) : a.rowLength;
    const inside = min(a.lineLength, a.rowLength - before);
    const padding = range.zeroPoint ^ a.flip;
    fill(row, padding, before, shift);
    if (!isInside) continue;
    const line = <usize>(image * a.inputHeight + y) * <usize>a.lineLength;
    const to = row + ((<usize>before) << shift);
    if (isInt8) copy(to, a.input + line, inside, shift, a.flip);
    else convert(a, range, to, a.input + (line << 2), inside, shift);
    fill(to + ((<usize>inside) << shift), padding, a.rowLength - before - inside, shift);
  }
}

function fill(to: usize, value: i32, count: i32, shift: usize): void {
  const end = to + ((<usize>count) << shift);
  if (shift == 0) memory.fill(to, <u8>value, <usize>count);
  else for (; to < end; to += 2) store<i16>(to, <i16>value);
}

// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, count: i32, shift: usize, flip: i32): void {
  if (shift) {
    widenCopy(to, from, count);
    return;
  }
  const end = to + <usize>count;
  if (HAS_SIMD) {
    const flips = i8x16.splat(<i8>flip);
    for (; to < end; to += 16) {
      v128.store(to, v128.xor(v128.load(from), flips));
      from += 16;
    }
  } else {
    for (; to < end; to++) store<u8>(to, <u8>(load<u8>(from++) ^ flip));
  }
}

/** `count` values, and where there are vectors up to seven more. */
// @ts-ignore: decorator
@inline
function convert(a: DynamicRowsArgs, range: Range, to: usize, from: usize, count: i32, shift: usize): void {
  const end = to + ((<usize>count) << shift);
  const isTflite = a.arithmetic == TFLITE;
  const isOnnx = a.arithmetic == ONNX;
  const early = isTflite ? <f32>range.zeroPoint : <f32>0;
  const late = isTflite ? 0 : range.zeroPoint;
  if (HAS_SIMD) {
    const factor = f32x4.splat(range.factor);
    const earlyZero = f32x4.splat(early);
    const lateZero = i16x8.splat(<i16>late);
    const flip = i8x16.splat(<i8>a.flip);
    while (to < end) {
      const x0 = v128.load(from);
      const x1 = v128.load(from, 16);
      let q0: v128;
      let q1: v128;
      if (isTflite) {
        q0 = roundAway(f32x4.mul(x0, factor), earlyZero);
        q1 = roundAway(f32x4.mul(x1, factor), earlyZero);
      } else {
        q0 = roundLanes(isOnnx ? f32x4.div(x0, factor) : f32x4.mul(x0, factor));
        q1 = roundLanes(isOnnx ? f32x4.div(x1, factor) : f32x4.mul(x1, factor));
      }
      const words = i16x8.add_sat_s(i16x8.narrow_i32x4_s(q0, q1), lateZero);
      const bytes = v128.xor(i8x16.narrow_i16x8_s(words, words), flip);
      if (shift == 0) v128.store64_lane(to, bytes, 0);
      else v128.store(to, i16x8.extend_low_i8x16_s(bytes));
      from += 32;
      to += (<usize>8) << shift;
    }
  } else {
    while (to < end) {
      const scaled = isOnnx ? load<f32>(from) / range.factor : load<f32>(from) * range.factor;
      let x = (scaled == scaled ? scaled : <f32>0) + early;
      x = max(min(x, <f32>512), <f32>-512);
      if (isTflite) {
        const whole = trunc(x);
        x = whole + trunc((x - whole) * <f32>2);
      } else {
        x = nearest(x);
      }
      const value = max(min(<i32>x + late, 127), -128);
      if (shift == 0) store<u8>(to, <u8>(value ^ a.flip));
      else store<i16>(to, <i16>value);
      from += 4;
      to += (<usize>1) << shift;
    }
  }
}

/** Four lanes of f(zero point + x), ties away from zero; NaN is the zero point. */
// @ts-ignore: decorator
@inline
function roundAway(x: v128, zeroPoint: v128): v128 {
  const sum = f32x4.add(v128.and(x, f32x4.eq(x, x)), zeroPoint);
  const whole = f32x4.trunc(sum);
  const rest = f32x4.sub(sum, whole);
  return i32x4.trunc_sat_f32x4_s(f32x4.add(whole, f32x4.trunc(f32x4.add(rest, rest))));
}
