/** SHA-256 (FIPS 180-4) takes a message 64 bytes at a time. */
export const BLOCK = 64;

/**
 * The end of a message of `length` bytes: its `rest` after the last whole block, a 1 bit, zeros, and the length in bits as 64-bit
 * big-endian. One block, or two when that does not fit.
 */
export function lastBlocks(rest: Uint8Array, length: number): Uint8Array {
  const blocks = new Uint8Array(rest.length + 9 <= BLOCK ? BLOCK : 2 * BLOCK);
  blocks.set(rest);
  blocks[rest.length] = 0x80;
  const bits = new DataView(blocks.buffer, blocks.length - 8);
  bits.setUint32(0, Math.floor(length / 2 ** 29));
  bits.setUint32(4, length * 8);
  return blocks;
}
