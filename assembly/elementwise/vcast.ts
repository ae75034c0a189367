import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class VcastArgs {
  input: usize;
  output: usize;
  length: i32;
  /** Bytes of an element; 0 for float32. */
  from: i32;
  to: i32;
  /** 1 where bytes are read as unsigned. */
  isUnsigned: i32;
  /** What float32 saturates to, the other end is −1 − most, or 0: 127, 255, 2^31 − 1; −1 for int64. */
  most: i32;
}

/**
 * Between the types of elements, docs/quantization.md (67). A tile is a block. The output may be the input where elements
 * have one size.
 */
export function vcast(args: usize, begin: i32, end: i32): void {
  const p = changetype<VcastArgs>(args);
  const stop = min(end * BLOCK, p.length);
  for (let i = <usize>(begin * BLOCK); i < <usize>stop; i++) {
    if (p.from == 0) {
      storeInteger(p, i, truncate(p, load<f32>(p.input + (i << 2))));
    } else {
      const value = loadInteger(p, i);
      if (p.to == 0) store<f32>(p.output + (i << 2), <f32>value);
      else storeInteger(p, i, value);
    }
  }
}

/** Toward 0, saturated; NaN gives 0. */
// @ts-ignore: decorator
@inline
function truncate(p: VcastArgs, x: f32): i64 {
  const value = <i64>x;
  if (p.most < 0) return value;
  return min(max(value, p.most == 255 ? 0 : -1 - <i64>p.most), <i64>p.most);
}

// @ts-ignore: decorator
@inline
function loadInteger(p: VcastArgs, i: usize): i64 {
  if (p.from == 8) return load<i64>(p.input + (i << 3));
  if (p.from == 4) return load<i32>(p.input + (i << 2));
  return p.isUnsigned ? <i64>load<u8>(p.input + i) : <i64>load<i8>(p.input + i);
}

// @ts-ignore: decorator
@inline
function storeInteger(p: VcastArgs, i: usize, value: i64): void {
  if (p.to == 8) store<i64>(p.output + (i << 3), value);
  else if (p.to == 4) store<i32>(p.output + (i << 2), <i32>value);
  else store<u8>(p.output + i, <u8>value);
}
