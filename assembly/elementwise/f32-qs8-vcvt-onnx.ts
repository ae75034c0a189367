import { HAS_SIMD } from "../lanes/features";
import { roundAndClamp, roundLanes } from "../lanes/round";
import { storeFirst } from "../lanes/store-first";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class QuantizeOnnxArgs {
  input: usize;
  output: usize;
  length: i32;
  /** 0x80 where the output is uint8, else 0. */
  flip: i32;
  scale: f32;
  /** As in VbinaryOnnxArgs; of the value before the flip. */
  early: f32;
  late: i32;
  min: i32;
  max: i32;
}

/**
 * y = clamp(rne(f(x / scale) + early) + late, min, max) ^ flip, float32 to int8 or uint8: eq. (27) in "onnx", and the
 * last step of (106). NaN gives `late`. A tile is a block. Reads up to 60 bytes past the input.
 */
export function f32_qs8_vcvt_onnx(args: usize, begin: i32, end: i32): void {
  const p = changetype<QuantizeOnnxArgs>(args);
  let from = p.input + ((begin * BLOCK) << 2);
  let to = p.output + begin * BLOCK;
  const stop = p.output + min(end * BLOCK, p.length);
  if (HAS_SIMD) {
    const scale = f32x4.splat(p.scale);
    const early = f32x4.splat(p.early);
    const late = i16x8.splat(<i16>p.late);
    const lowest = i8x16.splat(<i8>p.min);
    const highest = i8x16.splat(<i8>p.max);
    const flip = i8x16.splat(<i8>p.flip);
    for (; to < stop; to += 16) {
      const a = roundLanes(f32x4.add(f32x4.div(v128.load(from), scale), early));
      const b = roundLanes(f32x4.add(f32x4.div(v128.load(from, 16), scale), early));
      const c = roundLanes(f32x4.add(f32x4.div(v128.load(from, 32), scale), early));
      const d = roundLanes(f32x4.add(f32x4.div(v128.load(from, 48), scale), early));
      const low = i16x8.add_sat_s(i16x8.narrow_i32x4_s(a, b), late);
      const high = i16x8.add_sat_s(i16x8.narrow_i32x4_s(c, d), late);
      const y = v128.xor(i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(low, high), lowest), highest), flip);
      const left = <i32>(stop - to);
      if (left >= 16) v128.store(to, y);
      else storeFirst(to, y, left);
      from += 64;
    }
  } else {
    for (; to < stop; to++) {
      const q = roundAndClamp(load<f32>(from) / p.scale + p.early, p.late);
      store<u8>(to, min(max(q, p.min), p.max) ^ p.flip);
      from += 4;
    }
  }
}
