import { HAS_SIMD } from "../lanes/features";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class DequantizeArgs {
  input: usize;
  output: usize;
  length: i32;
  /** 0x80 where the input is uint8, else 0. */
  flip: i32;
  /** Of the flipped value: 128 lower for uint8. */
  zeroPoint: i32;
  scale: f32;
}

/** y = ((x ^ flip) − zeroPoint) · scale, int8 or uint8 to float32, eq. (28). A tile is a block. */
export function qs8_f32_vcvt(args: usize, begin: i32, end: i32): void {
  const p = changetype<DequantizeArgs>(args);
  let from = p.input + begin * BLOCK;
  let to = p.output + ((begin * BLOCK) << 2);
  const stop = p.input + min(end * BLOCK, p.length);
  if (HAS_SIMD) {
    const flip = i8x16.splat(<i8>p.flip);
    const zeroPoint = i16x8.splat(<i16>p.zeroPoint);
    const scale = f32x4.splat(p.scale);
    for (; from + 16 <= stop; from += 16) {
      const x = v128.xor(v128.load(from), flip);
      const low = i16x8.sub(i16x8.extend_low_i8x16_s(x), zeroPoint);
      const high = i16x8.sub(i16x8.extend_high_i8x16_s(x), zeroPoint);
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), scale));
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), scale), 16);
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), scale), 32);
      v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), scale), 48);
      to += 64;
    }
  }
  for (; from < stop; from++) {
    const x = <i32>(<i8>(load<u8>(from) ^ p.flip));
    store<f32>(to, <f32>(x - p.zeroPoint) * p.scale);
    to += 4;
  }
}
