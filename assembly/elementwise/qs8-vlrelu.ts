import { HAS_SIMD } from "../lanes/features";
import { storeFirst } from "../lanes/store-first";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VlreluS8Args {
  input: usize;
  output: usize;
  length: i32;
  inputZeroPoint: i32;
  outputZeroPoint: i32;
  /** Negated 8.8 factors for x ≥ inputZeroPoint and below it, in −32768…32767. */
  positive: i32;
  negative: i32;
}

/**
 * y = clamp((((x − inputZeroPoint) · factor + 128) >> 8) + outputZeroPoint, −128, 127), int8, eq. (23); with equal
 * factors (29). A tile is a block. Reads up to 15 bytes past the input. The output may be the input.
 *
 * Both sides of the product are negated, so that a factor of 128 (8.8: 32768) fits into int16. q15mulr computes
 * (a · b + 2^14) >> 15: with a = (inputZeroPoint − x) · 2^7 this is the formula.
 */
export function qs8_vlrelu(args: usize, begin: i32, end: i32): void {
  const p = changetype<VlreluS8Args>(args);
  let from = p.input + begin * BLOCK;
  let to = p.output + begin * BLOCK;
  let n = min(end * BLOCK, p.length) - begin * BLOCK;
  if (HAS_SIMD) {
    const zero = i16x8.splat(<i16>p.inputZeroPoint);
    const positive = i16x8.splat(<i16>p.positive);
    const negative = i16x8.splat(<i16>p.negative);
    const offset = i16x8.splat(<i16>p.outputZeroPoint);
    for (; n > 0; n -= 16) {
      const x = v128.load(from);
      const low = scale(i16x8.sub(zero, i16x8.extend_low_i8x16_s(x)), positive, negative);
      const high = scale(i16x8.sub(zero, i16x8.extend_high_i8x16_s(x)), positive, negative);
      const y = i8x16.narrow_i16x8_s(i16x8.add_sat_s(low, offset), i16x8.add_sat_s(high, offset));
      if (n >= 16) v128.store(to, y);
      else storeFirst(to, y, n);
      from += 16;
      to += 16;
    }
  } else {
    for (const stop = from + n; from < stop; from++) {
      const x = p.inputZeroPoint - load<i8>(from);
      const y = ((x * select<i32>(p.negative, p.positive, x > 0) + 128) >> 8) + p.outputZeroPoint;
      store<i8>(to, min(max(y, -128), 127));
      to++;
    }
  }
}

/** `x` is inputZeroPoint − input. */
// @ts-ignore: decorator
@inline
function scale(x: v128, positive: v128, negative: v128): v128 {
  const factor = v128.bitselect(negative, positive, i16x8.gt_s(x, i16x8.splat(0)));
  return i16x8.q15mulr_sat_s(i16x8.shl(x, 7), factor);
}
