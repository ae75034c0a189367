import { HAS_SIMD } from "../lanes/features";

/** `count` elements, `stride` bytes apart; outputs are ordered by outer, then inner position. A tile is one output. */
// @ts-ignore: decorator
@unmanaged
export class ArgMaxArgs {
  input: usize;
  output: usize;
  count: i32;
  /** Positions inside the axis. */
  inner: usize;
  stride: usize;
  /** Bytes of one index: 4 or 8. */
  indexBytes: usize;
}

/** Index of the first largest int8 along one axis. Reads up to 15 bytes past the input. */
export function qs8_argmax(args: usize, begin: i32, end: i32): void {
  argMax<i8>(args, begin, end);
}

/** Index of the first largest float32 along one axis; NaN is never larger, and nothing is larger than NaN. */
export function f32_argmax(args: usize, begin: i32, end: i32): void {
  argMax<f32>(args, begin, end);
}

// @ts-ignore: decorator
@inline
function argMax<T>(args: usize, begin: i32, end: i32): void {
  const a = changetype<ArgMaxArgs>(args);
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const outer = tile / a.inner;
    const first = a.input + outer * <usize>a.count * a.stride + (tile - outer * a.inner) * sizeof<T>();
    const isRun = HAS_SIMD && sizeof<T>() === 1 && a.stride === 1 && a.count >= 16;
    const best = isRun ? argMaxOfRun(first, a.count) : argMaxOf<T>(first, a.count, a.stride);
    if (a.indexBytes === 8) store<i64>(a.output + (tile << 3), best);
    else store<i32>(a.output + (tile << 2), best);
  }
}

// @ts-ignore: decorator
@inline
function argMaxOf<T>(first: usize, count: i32, stride: usize): i32 {
  let best = 0;
  let largest = load<T>(first);
  let at = first + stride;
  for (let i = 1; i < count; i++) {
    const value = load<T>(at);
    if (value > largest) {
      largest = value;
      best = i;
    }
    at += stride;
  }
  return best;
}

/** At least 16 contiguous bytes: their maximum first, then where it is. */
function argMaxOfRun(first: usize, count: i32): i32 {
  const last = first + <usize>count - 16;
  let lanes = v128.load(last);
  for (let at = first; at < last; at += 16) lanes = i8x16.max_s(lanes, v128.load(at));
  lanes = i8x16.max_s(lanes, v128.shuffle<i64>(lanes, lanes, 1, 0));
  lanes = i8x16.max_s(lanes, v128.shuffle<i32>(lanes, lanes, 1, 0, 3, 2));
  lanes = i8x16.max_s(lanes, v128.shuffle<i16>(lanes, lanes, 1, 0, 3, 2, 5, 4, 7, 6));
  const largest = i8x16.splat(<i8>max(i8x16.extract_lane_s(lanes, 0), i8x16.extract_lane_s(lanes, 1)));
  let at = first;
  while (!v128.any_true(i8x16.eq(v128.load(at), largest))) at += 16;
  return <i32>(at - first) + ctz(i8x16.bitmask(i8x16.eq(v128.load(at), largest)));
}
