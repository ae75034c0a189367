import { ConvArgs } from "./args";
import { rowAddress } from "./rows";

/** Addresses of all taps at output column 0; an odd count gets its last one twice, for kernels that take pairs. */
export function writeTaps(a: ConvArgs, top: i32, taps: i32): void {
  let entry = a.table;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    let tap = rowAddress(a, top + ky * a.dilationHeight);
    for (let kx = 0; kx < a.kernelWidth; kx++) {
      store<u32>(entry, <u32>tap);
      entry += 4;
      tap += <usize>(a.dilationWidth * a.inputChannels);
    }
  }
  if (taps & 1) store<u32>(entry, load<u32>(entry - 4));
}

/** Addresses of the kernel's lines at output column 0. */
export function writeLines(a: ConvArgs, top: i32): void {
  let entry = a.table;
  for (let ky = 0; ky < a.kernelHeight; ky++) {
    store<u32>(entry, <u32>rowAddress(a, top + ky * a.dilationHeight));
    entry += 4;
  }
}
