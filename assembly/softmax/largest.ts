import { HAS_SIMD } from "../lanes/features";

/** The largest of `n` ≥ 1 int8 values. Reads nothing else. */
export function largestByte(from: usize, n: i32): i32 {
  const stop = from + n;
  let largest: i32 = -128;
  if (HAS_SIMD && n >= 16) {
    let lanes = v128.load(from);
    for (; from + 16 <= stop; from += 16) lanes = i8x16.max_s(lanes, v128.load(from));
    // Any lane order will do: the last 16 again, then halves against halves.
    lanes = i8x16.max_s(lanes, v128.load(stop - 16));
    lanes = i8x16.max_s(lanes, v128.shuffle<i64>(lanes, lanes, 1, 0));
    lanes = i8x16.max_s(lanes, i64x2.shr_u(lanes, 32));
    lanes = i8x16.max_s(lanes, i64x2.shr_u(lanes, 16));
    lanes = i8x16.max_s(lanes, i64x2.shr_u(lanes, 8));
    return i8x16.extract_lane_s(lanes, 0);
  }
  for (; from < stop; from++) largest = max(largest, <i32>load<i8>(from));
  return largest;
}

/** The largest of `n` ≥ 1 float32 values; any of them if one is NaN. Reads nothing else. */
export function largestFloat(from: usize, n: i32): f32 {
  const stop = from + (n << 2);
  let largest = load<f32>(from);
  if (HAS_SIMD && n >= 4) {
    let lanes = v128.load(from);
    for (; from + 16 <= stop; from += 16) lanes = f32x4.pmax(lanes, v128.load(from));
    lanes = f32x4.pmax(lanes, v128.load(stop - 16));
    lanes = f32x4.pmax(lanes, v128.shuffle<i64>(lanes, lanes, 1, 0));
    lanes = f32x4.pmax(lanes, i64x2.shr_u(lanes, 32));
    return f32x4.extract_lane(lanes, 0);
  }
  for (; from < stop; from += 4) {
    const x = load<f32>(from);
    if (x > largest) largest = x;
  }
  return largest;
}
