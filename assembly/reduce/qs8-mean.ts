import { HAS_SIMD } from "../lanes/features";
import { addAndClamp, multiplyTwice } from "../lanes/fixed-point";
import { storeFirst } from "../lanes/store-first";

/** What turns sums into means. `shift` is 128 when sums and zero points are of values + 128, as in uint8 models. */
// @ts-ignore: decorator
@unmanaged
export class MeanArgs {
  sums: usize;
  output: usize;
  length: i32;
  scale: f32;
  bias: f32;
  shift: i32;
}

/** Sums one tile turns into means. */
const BLOCK = 256;

/** y = rne(clamp(sum · scale + bias)) − shift, docs/quantization.md (17). A tile is 256 outputs. */
export function qs8_mean(args: usize, begin: i32, end: i32): void {
  const a = changetype<MeanArgs>(args);
  const stop = min(end * BLOCK, a.length);
  let i = begin * BLOCK;
  let from = a.sums + ((<usize>i) << 2);
  let to = a.output + <usize>i;
  if (HAS_SIMD) {
    // Reads up to 60 bytes past the sums, which the host's scratch has.
    for (; i < stop; i += 16) {
      const y = i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(meanLanes(a, v128.load(from)), meanLanes(a, v128.load(from, 16))),
        i16x8.narrow_i32x4_s(meanLanes(a, v128.load(from, 32)), meanLanes(a, v128.load(from, 48))),
      );
      if (i + 16 <= stop) v128.store(to, y);
      else storeFirst(to, y, stop - i);
      from += 64;
      to += 16;
    }
  } else {
    const low = <f32>(a.shift - 128);
    const high = <f32>(a.shift + 127);
    for (; i < stop; i++) {
      const value = <f32>load<i32>(from) * a.scale + a.bias;
      store<i8>(to, <i8>(<i32>nearest<f32>(min<f32>(max<f32>(value, low), high)) - a.shift));
      from += 4;
      to++;
    }
  }
}

// @ts-ignore: decorator
@inline
function meanLanes(a: MeanArgs, sum: v128): v128 {
  const value = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.splat(a.scale)), f32x4.splat(a.bias));
  const clamped = f32x4.pmin(
    f32x4.pmax(value, f32x4.splat(<f32>(a.shift - 128))),
    f32x4.splat(<f32>(a.shift + 127)),
  );
  return i32x4.sub(i32x4.trunc_sat_f32x4_s(f32x4.nearest(clamped)), i32x4.splat(a.shift));
}

/** Means by TFLite's fixed point; the offset of the sums is in their start. */
// @ts-ignore: decorator
@unmanaged
export class MeanTfliteArgs {
  sums: usize;
  output: usize;
  length: i32;
  multiplier: i32;
  shift: i32;
  bias: i32;
}

/** y = clamp(MBQM(sum; multiplier, shift) + bias), docs/quantization.md (18) and (19). A tile is 256 outputs. */
export function qs8_mean_tflite(args: usize, begin: i32, end: i32): void {
  const a = changetype<MeanTfliteArgs>(args);
  const stop = min(end * BLOCK, a.length);
  for (let i = begin * BLOCK; i < stop; i++) {
    const sum = load<i32>(a.sums + ((<usize>i) << 2));
    const mean = multiplyTwice(sum, a.multiplier, a.shift);
    store<i8>(a.output + <usize>i, <i8>addAndClamp(mean, a.bias, -128, 127));
  }
}
