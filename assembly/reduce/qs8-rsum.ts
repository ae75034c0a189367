import { HAS_SIMD } from "../lanes/features";
import { storeWords } from "../lanes/store-words";
import { firstOf, ReduceArgs } from "./args";

/** Values whose int8 sum surely fits into int16. */
const SHORT_SUM: usize = 256;

/** int32 sums of int8 over the reduced axes. Reads up to 15 bytes past the input. */
export function qs8_rsum(args: usize, begin: i32, end: i32): void {
  const a = changetype<ReduceArgs>(args);
  const channels = a.channels;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const outer = tile / a.blocks;
    let c = (tile - outer * a.blocks) << 4;
    const from = firstOf(a, outer);
    const to = a.output + ((outer * channels) << 2);
    if (HAS_SIMD) {
      if (channels === 1 && a.stride2 === 1) store<i32>(to, sumRun(a, from));
      else sumLanes(a, to + (c << 2), from + c, channels - c);
    } else {
      const stop = min(c + 16, channels);
      for (; c < stop; c++) store<i32>(to + (c << 2), sumOne(a, from + c));
    }
  }
}

function sumOne(a: ReduceArgs, from: usize): i32 {
  let sum = a.start;
  for (let i: usize = 0; i < a.count0; i++) {
    for (let j: usize = 0; j < a.count1; j++) {
      let x = from + i * a.stride0 + j * a.stride1;
      for (let k: usize = 0; k < a.count2; k++) {
        sum += <i32>load<i8>(x);
        x += a.stride2;
      }
    }
  }
  return sum;
}

/** The innermost axis is reduced: 16 of its values at a time. */
function sumRun(a: ReduceArgs, from: usize): i32 {
  let sum = a.start;
  const whole = a.count2 & ~15;
  for (let i: usize = 0; i < a.count0; i++) {
    for (let j: usize = 0; j < a.count1; j++) {
      let x = from + i * a.stride0 + j * a.stride1;
      let lanes = i32x4.splat(0);
      for (const stop = x + whole; x < stop; x += 16) {
        lanes = i32x4.add(lanes, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(v128.load(x))));
      }
      lanes = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
      sum += i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1);
      for (let k = whole; k < a.count2; k++) sum += <i32>load<i8>(x++);
    }
  }
  return sum;
}

/** The sums of the first min(n, 16) channels. */
function sumLanes(a: ReduceArgs, to: usize, from: usize, n: usize): void {
  let s0 = i32x4.splat(a.start);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const stride = a.stride2;
  for (let i: usize = 0; i < a.count0; i++) {
    for (let j: usize = 0; j < a.count1; j++) {
      let x = from + i * a.stride0 + j * a.stride1;
      for (let k: usize = 0; k < a.count2; k += SHORT_SUM) {
        const stop = x + min(SHORT_SUM, a.count2 - k) * stride;
        let low = i16x8.splat(0);
        let high = i16x8.splat(0);
        for (; x < stop; x += stride) {
          low = i16x8.add(low, v128.load8x8_s(x));
          high = i16x8.add(high, v128.load8x8_s(x, 8));
        }
        s0 = i32x4.add(s0, i32x4.extend_low_i16x8_s(low));
        s1 = i32x4.add(s1, i32x4.extend_high_i16x8_s(low));
        s2 = i32x4.add(s2, i32x4.extend_low_i16x8_s(high));
        s3 = i32x4.add(s3, i32x4.extend_high_i16x8_s(high));
      }
    }
  }
  storeWords(to, s0, <i32>n);
  storeWords(to + 16, s1, <i32>n - 4);
  storeWords(to + 32, s2, <i32>n - 8);
  storeWords(to + 48, s3, <i32>n - 12);
}
