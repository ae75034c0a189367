import { BLOCK } from "./block";

// @ts-ignore: decorator
@unmanaged
export class LutArgs {
  input: usize;
  output: usize;
  /** 256 bytes, by stored value & 255. */
  table: usize;
  length: i32;
}

/**
 * y = table[x & 255]: every op from one int8 or uint8 tensor to another. A tile is a block. The output may be the input.
 *
 * Single bytes in and out: building words, or 16 swizzles over a table in registers, is slower.
 */
export function x8_lut(args: usize, begin: i32, end: i32): void {
  const p = changetype<LutArgs>(args);
  const table = p.table;
  let from = p.input + begin * BLOCK;
  let to = p.output + begin * BLOCK;
  const stop = p.input + min(end * BLOCK, p.length);
  for (; from + 8 <= stop; from += 8) {
    store<u8>(to, load<u8>(table + load<u8>(from)));
    store<u8>(to, load<u8>(table + load<u8>(from, 1)), 1);
    store<u8>(to, load<u8>(table + load<u8>(from, 2)), 2);
    store<u8>(to, load<u8>(table + load<u8>(from, 3)), 3);
    store<u8>(to, load<u8>(table + load<u8>(from, 4)), 4);
    store<u8>(to, load<u8>(table + load<u8>(from, 5)), 5);
    store<u8>(to, load<u8>(table + load<u8>(from, 6)), 6);
    store<u8>(to, load<u8>(table + load<u8>(from, 7)), 7);
    to += 8;
  }
  for (; from < stop; from++) {
    store<u8>(to, load<u8>(table + load<u8>(from)));
    to++;
  }
}
