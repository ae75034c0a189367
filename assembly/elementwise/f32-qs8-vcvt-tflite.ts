import { HAS_SIMD } from "../lanes/features";
import { BLOCK } from "./block";
import { QuantizeArgs } from "./f32-qs8-vcvt";

/**
 * y = clamp(rha(f64(x) / f64(factor)) + zeroPoint, −128, 127) ^ flip, float32 to int8 or uint8, eq. (27) in "tflite";
 * NaN gives the zero point. A tile is a block.
 *
 * Adding half and truncating is exact here: a quotient of two float32 that is not k + 1/2 is at least 2^−25 away from it.
 */
export function f32_qs8_vcvt_tflite(args: usize, begin: i32, end: i32): void {
  const p = changetype<QuantizeArgs>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + begin * BLOCK;
  const stop = p.output + min(end * BLOCK, p.length);
  if (HAS_SIMD) {
    const scale = f64x2.splat(p.factor);
    const zeroPoint = i16x8.splat(<i16>p.zeroPoint);
    const flip = i8x16.splat(<i8>p.flip);
    for (; to + 4 <= stop; to += 4) {
      const low = roundedQuotient(v128.load64_zero(from), scale);
      const high = roundedQuotient(v128.load64_zero(from, 8), scale);
      const wide = v128.shuffle<i64>(low, high, 0, 2);
      const y = i16x8.add_sat_s(i16x8.narrow_i32x4_s(wide, wide), zeroPoint);
      v128.store32_lane(to, v128.xor(i8x16.narrow_i16x8_s(y, y), flip), 0);
      from += 16;
    }
  }
  for (; to < stop; to++) {
    const quotient = <f64>load<f32>(from) / <f64>p.factor;
    const rounded = <i32>(quotient + copysign<f64>(0.5, quotient));
    store<u8>(to, min(max(min(max(rounded, -1024), 1024) + p.zeroPoint, -128), 127) ^ p.flip);
    from += 4;
  }
}

/** Two int32 lanes, then zeros. */
// @ts-ignore: decorator
@inline
function roundedQuotient(x: v128, scale: v128): v128 {
  const quotient = f64x2.div(f64x2.promote_low_f32x4(x), scale);
  const half = v128.bitselect(quotient, f64x2.splat(0.5), f64x2.splat(-0.0));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.add(quotient, half));
}
