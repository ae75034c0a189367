import { HAS_SIMD } from "../lanes/features";
import { DynamicConvArgs, Range } from "./args";
import { storeChannels } from "./qd8-f32-qc8w-conv";
import { storeOne } from "./qd8-f32-qc8w-conv-scalar";

/**
 * Depthwise, multiplier 1, any kernel; int16 activations have no zero point. A tile is an output row; reads up to 14 bytes past
 * rows, and 7 past weights.
 */
export function qd8_f32_qc8w_dwconv(args: usize, begin: i32, end: i32): void {
  const a = changetype<DynamicConvArgs>(args);
  const channels = <usize>a.outputChannels;
  const shift = <usize>(a.bytes >> 1);
  const scales = a.bias + ((channels + 7) & ~7) * 4;
  let to = a.output + ((<usize>(begin * a.outputWidth) * channels) << 2);
  for (let tile = begin; tile < end; tile++) {
    const image = tile / a.outputHeight;
    const range = a.ranges + <usize>(image * a.imageRangePitch);
    const zeroPoint = changetype<Range>(range).zeroPoint;
    let from = a.rows + <usize>image * a.imagePitch + <usize>((tile - image * a.outputHeight) * a.rowPitch);
    for (let x = 0; x < a.outputWidth; x++) {
      let c: usize = 0;
      if (HAS_SIMD) {
        const zero = i16x8.splat(<i16>zeroPoint);
        const weightsZero = i16x8.splat(<i16>a.weightsZeroPoint);
        for (; c < channels; c += 8) {
          let s0 = i32x4.splat(0);
          let s1 = i32x4.splat(0);
          let w = a.weights + c;
          for (let ky = 0; ky < a.kernelHeight; ky++) {
            let p = from + (c << shift) + <usize>(ky * a.linePitch);
            for (let run = 0; run < a.runs; run++) {
              const q = shift ? v128.load(p) : i16x8.sub(v128.load8x8_s(p), zero);
              const v = i16x8.sub(v128.load8x8_s(w), weightsZero);
              s0 = i32x4.add(s0, i32x4.extmul_low_i16x8_s(q, v));
              s1 = i32x4.add(s1, i32x4.extmul_high_i16x8_s(q, v));
              p += <usize>a.runPitch;
              w += channels;
            }
          }
          const at = c << 2;
          const left = <i32>(channels - c);
          storeChannels(a, to + at, s0, s1, range, scales + at, a.bias + at, left);
        }
      } else {
        for (; c < channels; c++) {
          let acc = 0;
          let w = a.weights + c;
          for (let ky = 0; ky < a.kernelHeight; ky++) {
            let p = from + (c << shift) + <usize>(ky * a.linePitch);
            for (let run = 0; run < a.runs; run++) {
              acc += (shift ? <i32>load<i16>(p) : <i32>load<i8>(p) - zeroPoint) * (<i32>load<i8>(w) - a.weightsZeroPoint);
              p += <usize>a.runPitch;
              w += channels;
            }
          }
          const at = c << 2;
          storeOne(a, to + at, acc, range, scales + at, a.bias + at);
        }
      }
      to += channels << 2;
      from += <usize>a.pixelPitch;
    }
  }
}
