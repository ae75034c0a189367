import { HAS_SIMD } from "../lanes/features";
import { storeWords } from "../lanes/store-words";
import { firstOf, ReduceArgs } from "./args";

/**
 * Mean or sum over the reduced axes: summed in memory order in float32, then divided, docs/quantization.md (45). Reads up
 * to 12 bytes past the input.
 */
export function f32_mean(args: usize, begin: i32, end: i32): void {
  const a = changetype<ReduceArgs>(args);
  const bytes = a.channels << 2;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const outer = tile / a.blocks;
    let c = (tile - outer * a.blocks) << 6;
    const stop = min(c + 64, bytes);
    const from = firstOf(a, outer);
    const to = a.output + outer * bytes;
    if (HAS_SIMD) {
      if (c + 64 <= bytes) {
        mean16(a, to + c, from + c);
        c += 64;
      }
      for (; c < stop; c += 16) storeWords(to + c, mean4(a, from + c), <i32>(stop - c) >> 2);
    } else {
      for (; c < stop; c += 4) mean1(a, to + c, from + c);
    }
  }
}

/** Four vectors at a time hide the latency of the additions. */
function mean16(a: ReduceArgs, to: usize, from: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const stride = a.stride2;
  for (let i: usize = 0; i < a.count0; i++) {
    for (let j: usize = 0; j < a.count1; j++) {
      let x = from + i * a.stride0 + j * a.stride1;
      for (let k: usize = 0; k < a.count2; k++) {
        s0 = f32x4.add(s0, v128.load(x));
        s1 = f32x4.add(s1, v128.load(x, 16));
        s2 = f32x4.add(s2, v128.load(x, 32));
        s3 = f32x4.add(s3, v128.load(x, 48));
        x += stride;
      }
    }
  }
  const count = f32x4.splat(a.divisor);
  v128.store(to, f32x4.div(s0, count));
  v128.store(to, f32x4.div(s1, count), 16);
  v128.store(to, f32x4.div(s2, count), 32);
  v128.store(to, f32x4.div(s3, count), 48);
}

function mean4(a: ReduceArgs, from: usize): v128 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < a.count0; i++) {
    for (let j: usize = 0; j < a.count1; j++) {
      let x = from + i * a.stride0 + j * a.stride1;
      for (let k: usize = 0; k < a.count2; k++) {
        sum = f32x4.add(sum, v128.load(x));
        x += a.stride2;
      }
    }
  }
  return f32x4.div(sum, f32x4.splat(a.divisor));
}

function mean1(a: ReduceArgs, to: usize, from: usize): void {
  let sum: f32 = 0;
  for (let i: usize = 0; i < a.count0; i++) {
    for (let j: usize = 0; j < a.count1; j++) {
      let x = from + i * a.stride0 + j * a.stride1;
      for (let k: usize = 0; k < a.count2; k++) {
        sum += load<f32>(x);
        x += a.stride2;
      }
    }
  }
  store<f32>(to, sum / a.divisor);
}
