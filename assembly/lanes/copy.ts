import { HAS_SIMD } from "./features";

/** Above this, one `memory.copy` beats the loop; below, its call costs more than the bytes. */
const LONG: usize = 512;

/**
 * Copies `n` ≥ 1 bytes between places that do not overlap. Reads and writes exactly these bytes: a last chunk that is
 * not full is one that overlaps the chunk before it.
 */
// @ts-ignore: decorator
@inline
export function copyBytes(to: usize, from: usize, n: usize): void {
  if (n >= LONG) {
    memory.copy(to, from, n);
  } else if (HAS_SIMD && n >= 16) {
    const last = n - 16;
    for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
    v128.store(to + last, v128.load(from + last));
  } else if (n >= 8) {
    const last = n - 8;
    for (let i: usize = 0; i < last; i += 8) store<u64>(to + i, load<u64>(from + i));
    store<u64>(to + last, load<u64>(from + last));
  } else if (n >= 4) {
    const last = n - 4;
    const tail = load<u32>(from + last);
    store<u32>(to, load<u32>(from));
    store<u32>(to + last, tail);
  } else {
    store<u8>(to, load<u8>(from));
    if (n > 1) {
      store<u8>(to + 1, load<u8>(from + 1));
      store<u8>(to + n - 1, load<u8>(from + n - 1));
    }
  }
}
