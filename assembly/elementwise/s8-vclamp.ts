import { HAS_SIMD } from "../lanes/features";
import { storeFirst } from "../lanes/store-first";
import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VclampS8Args {
  input: usize;
  output: usize;
  length: i32;
  /** 0x80 where the input is uint8, else 0; likewise for the output. */
  inputFlip: i32;
  outputFlip: i32;
  min: i32;
  max: i32;
}

/**
 * y = clamp(x ^ inputFlip, min, max) ^ outputFlip on int8: a relu that keeps scale and zero point, and the change
 * between int8 and uint8. A tile is a block. Reads up to 15 bytes past the input. The output may be the input.
 */
export function s8_vclamp(args: usize, begin: i32, end: i32): void {
  const p = changetype<VclampS8Args>(args);
  let from = p.input + begin * BLOCK;
  let to = p.output + begin * BLOCK;
  let n = min(end * BLOCK, p.length) - begin * BLOCK;
  if (HAS_SIMD) {
    const inputFlip = i8x16.splat(<i8>p.inputFlip);
    const outputFlip = i8x16.splat(<i8>p.outputFlip);
    const lowest = i8x16.splat(<i8>p.min);
    const highest = i8x16.splat(<i8>p.max);
    for (; n > 0; n -= 16) {
      const x = v128.xor(v128.load(from), inputFlip);
      const y = v128.xor(i8x16.min_s(i8x16.max_s(x, lowest), highest), outputFlip);
      if (n >= 16) v128.store(to, y);
      else storeFirst(to, y, n);
      from += 16;
      to += 16;
    }
  } else {
    for (const stop = from + n; from < stop; from++) {
      const x = <i32>(<i8>(load<u8>(from) ^ p.inputFlip));
      store<u8>(to, min(max(x, p.min), p.max) ^ p.outputFlip);
      to++;
    }
  }
}
