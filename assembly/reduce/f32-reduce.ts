import { HAS_SIMD } from "../lanes/features";
import { storeWords } from "../lanes/store-words";
import { firstOf, ReduceArgs } from "./args";

/** Positions in the list of host/wasm/reduce.ts; the other is the product. */
const MAX = 0;
const MIN = 1;

/**
 * Maximum, minimum or product over the reduced axes in memory order, docs/quantization.md (65): of float32, or of stored
 * int8 values, which float32 has all. Reads up to 12 bytes past the input.
 */
export function f32_reduce(args: usize, begin: i32, end: i32): void {
  const a = changetype<ReduceArgs>(args);
  const shift: usize = a.isInt8 ? 0 : 2;
  for (let tile = <usize>begin; tile < <usize>end; tile++) {
    const outer = tile / a.blocks;
    let c = (tile - outer * a.blocks) << 4;
    const stop = min(c + 16, a.channels);
    const from = firstOf(a, outer);
    const to = a.output + ((outer * a.channels) << shift);
    if (HAS_SIMD) {
      for (; c < stop; c += 4) storeLanes(a, to + (c << shift), reduceLanes(a, from + (c << shift)), <i32>(stop - c));
    } else {
      for (; c < stop; c++) {
        const y = reduceOne(a, from + (c << shift));
        if (a.isInt8) store<i8>(to + c, <i8>y);
        else store<f32>(to + (c << 2), y);
      }
    }
  }
}

/** −∞, ∞ or 1. */
// @ts-ignore: decorator
@inline
function identity(a: ReduceArgs): f32 {
  return a.function == MAX ? -Infinity : a.function == MIN ? Infinity : 1;
}

// @ts-ignore: decorator
@inline
function storeLanes(a: ReduceArgs, to: usize, y: v128, n: i32): void {
  if (a.isInt8) {
    const words = i32x4.trunc_sat_f32x4_s(y);
    v128.store8_lane(to, words, 0);
    if (n > 1) v128.store8_lane(to, words, 4, 1);
    if (n > 2) v128.store8_lane(to, words, 8, 2);
    if (n > 3) v128.store8_lane(to, words, 12, 3);
  } else storeWords(to, y, n);
}

/** Four channels. */
function reduceLanes(a: ReduceArgs, from: usize): v128 {
  let y = f32x4.splat(identity(a));
  for (let i: usize = 0; i < a.count0; i++) {
    for (let j: usize = 0; j < a.count1; j++) {
      let at = from + i * a.stride0 + j * a.stride1;
      for (let k: usize = 0; k < a.count2; k++) {
        const x = a.isInt8
          ? f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(at))))
          : v128.load(at);
        if (a.function == MAX) y = f32x4.max(y, x);
        else if (a.function == MIN) y = f32x4.min(y, x);
        else y = f32x4.mul(y, x);
        at += a.stride2;
      }
    }
  }
  return y;
}

function reduceOne(a: ReduceArgs, from: usize): f32 {
  let y = identity(a);
  for (let i: usize = 0; i < a.count0; i++) {
    for (let j: usize = 0; j < a.count1; j++) {
      let at = from + i * a.stride0 + j * a.stride1;
      for (let k: usize = 0; k < a.count2; k++) {
        const x = a.isInt8 ? <f32>load<i8>(at) : load<f32>(at);
        if (a.function == MAX) y = max<f32>(y, x);
        else if (a.function == MIN) y = min<f32>(y, x);
        else y *= x;
        at += a.stride2;
      }
    }
  }
  return y;
}
