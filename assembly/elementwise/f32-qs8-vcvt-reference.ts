import { HAS_SIMD } from "../lanes/features";
import { BLOCK } from "./block";
import { QuantizeArgs } from "./f32-qs8-vcvt";

/**
 * y = clamp(rha(f(x / factor)) + zeroPoint, −128, 127) ^ flip, float32 to int8 or uint8, eq. (127); NaN gives the zero
 * point. A tile is a block.
 */
export function f32_qs8_vcvt_reference(args: usize, begin: i32, end: i32): void {
  const p = changetype<QuantizeArgs>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + begin * BLOCK;
  const stop = p.output + min(end * BLOCK, p.length);
  if (HAS_SIMD) {
    const scale = f32x4.splat(p.factor);
    const zeroPoint = i16x8.splat(<i16>p.zeroPoint);
    const flip = i8x16.splat(<i8>p.flip);
    for (; to + 4 <= stop; to += 4) {
      const quotient = f32x4.div(v128.load(from), scale);
      const whole = f32x4.trunc(quotient);
      // The part cut off is exact; half and more of it goes away from zero.
      const isFar = f32x4.ge(f32x4.abs(f32x4.sub(quotient, whole)), f32x4.splat(0.5));
      const one = v128.bitselect(quotient, f32x4.splat(1), f32x4.splat(-0.0));
      const rounded = i32x4.trunc_sat_f32x4_s(f32x4.add(whole, v128.and(one, isFar)));
      const y = i16x8.add_sat_s(i16x8.narrow_i32x4_s(rounded, rounded), zeroPoint);
      v128.store32_lane(to, v128.xor(i8x16.narrow_i16x8_s(y, y), flip), 0);
      from += 16;
    }
  }
  for (; to < stop; to++) {
    const quotient = load<f32>(from) / p.factor;
    const whole = trunc<f32>(quotient);
    const far = abs<f32>(quotient - whole) >= 0.5 ? copysign<f32>(1, quotient) : 0;
    const rounded = <i32>(whole + far);
    store<u8>(to, min(max(min(max(rounded, -1024), 1024) + p.zeroPoint, -128), 127) ^ p.flip);
    from += 4;
  }
}
