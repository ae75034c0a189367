import { HAS_SIMD } from "../lanes/features";
import { roundAndClamp, roundLanes } from "../lanes/round";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class QuantizeArgs {
  input: usize;
  output: usize;
  length: i32;
  /** 0x80 where the output is uint8, else 0. */
  flip: i32;
  /** Of the value before the flip: 128 lower for uint8. */
  zeroPoint: i32;
  /** What `x` is multiplied with: 1 / scale. Of the "tflite" kernel: what it is divided by, the scale. */
  factor: f32;
}

/**
 * y = clamp(rne(x · factor) + zeroPoint, −128, 127) ^ flip, float32 to int8 or uint8, eq. (27) in "xnnpack"; NaN gives
 * the zero point. A tile is a block.
 */
export function f32_qs8_vcvt(args: usize, begin: i32, end: i32): void {
  const p = changetype<QuantizeArgs>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + begin * BLOCK;
  const stop = p.output + min(end * BLOCK, p.length);
  if (HAS_SIMD) {
    const factor = f32x4.splat(p.factor);
    const zeroPoint = i16x8.splat(<i16>p.zeroPoint);
    const flip = i8x16.splat(<i8>p.flip);
    for (; to + 16 <= stop; to += 16) {
      const a = roundLanes(f32x4.mul(v128.load(from), factor));
      const b = roundLanes(f32x4.mul(v128.load(from, 16), factor));
      const c = roundLanes(f32x4.mul(v128.load(from, 32), factor));
      const d = roundLanes(f32x4.mul(v128.load(from, 48), factor));
      const low = i16x8.add_sat_s(i16x8.narrow_i32x4_s(a, b), zeroPoint);
      const high = i16x8.add_sat_s(i16x8.narrow_i32x4_s(c, d), zeroPoint);
      v128.store(to, v128.xor(i8x16.narrow_i16x8_s(low, high), flip));
      from += 64;
    }
  }
  for (; to < stop; to++) {
    store<u8>(to, roundAndClamp(load<f32>(from) * p.factor, p.zeroPoint) ^ p.flip);
    from += 4;
  }
}
