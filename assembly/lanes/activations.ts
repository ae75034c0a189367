import { ACTIVATION_FLIP, flipLanes } from "./dot";
import { HAS_SIMD } from "./features";

/**
 * int8 → int16 copies and fills. With SIMD they read up to 15 bytes past `source` and write up to 30 bytes past the
 * last element of `target`: callers fill scratch rows in ascending order and keep 32 bytes of slack behind them.
 */

/** target[i] = source[i] for i < count, sign-extended. */
// @ts-ignore: decorator
@inline
export function widenCopy(target: usize, source: usize, count: i32): void {
  const end = source + <usize>count;
  if (HAS_SIMD) {
    while (source < end) {
      v128.store(target, v128.load8x8_s(source));
      v128.store(target, v128.load8x8_s(source, 8), 16);
      source += 16;
      target += 32;
    }
  } else {
    while (source < end) {
      store<i16>(target, <i16>load<i8>(source));
      source++;
      target += 2;
    }
  }
}

/** target[i] = value for i < count. */
// @ts-ignore: decorator
@inline
export function widenFill(target: usize, value: i32, count: i32): void {
  const end = target + ((<usize>count) << 1);
  if (HAS_SIMD) {
    const splat = i16x8.splat(<i16>value);
    while (target < end) {
      v128.store(target, splat);
      target += 16;
    }
  } else {
    while (target < end) {
      store<i16>(target, <i16>value);
      target += 2;
    }
  }
}

/** target[i] = source[i] xor FLIP, 0 or 0x80, for i < count. Reads up to 15 bytes past `source`, writes as many past the last element. */
// @ts-ignore: decorator
@inline
export function byteCopy(FLIP: i32, target: usize, source: usize, count: i32): void {
  const end = source + <usize>count;
  const flip = FLIP == 0 ? i32x4.splat(0) : flipLanes();
  while (source < end) {
    const value = v128.load(source);
    v128.store(target, FLIP == 0 ? value : v128.xor(value, flip));
    source += 16;
    target += 16;
  }
}

/** target[i] = value xor FLIP for i < count; writes up to 15 bytes past. */
// @ts-ignore: decorator
@inline
export function byteFill(FLIP: i32, target: usize, value: i32, count: i32): void {
  const end = target + <usize>count;
  const splat = i8x16.splat(<i8>(value ^ FLIP));
  while (target < end) {
    v128.store(target, splat);
    target += 16;
  }
}

/** The 8-bit operand of the relaxed modules. */
// @ts-ignore: decorator
@inline
export function flipCopy(target: usize, source: usize, count: i32): void {
  byteCopy(ACTIVATION_FLIP, target, source, count);
}

// @ts-ignore: decorator
@inline
export function flipFill(target: usize, value: i32, count: i32): void {
  byteFill(ACTIVATION_FLIP, target, value, count);
}
