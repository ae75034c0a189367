import { DepthwiseArgs } from "./args";
import { rowAddress } from "./rows";

/** Addresses of all taps at output column 0; an odd count gets its last one twice, for kernels that take pairs. */
export function writeTaps(a: DepthwiseArgs, top: i32, taps: i32): void {
  let entry = a.tapTable;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    let tap = rowAddress(a, top + ky * a.dilationHeight);
    for (let kx = 0; kx < a.kernelWidth; kx++) {
      store<u32>(entry, <u32>tap);
      entry += 4;
      tap += <usize>(a.dilationWidth * a.channels);
    }
  }
  if (taps & 1) store<u32>(entry, load<u32>(entry - 4));
}
