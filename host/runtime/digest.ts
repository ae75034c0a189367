import { BLOCK, lastBlocks } from "../core/sha256-blocks.js";
import { expectDigest, LARGE_FILE } from "../format/digest.js";
import { DIGEST_OFFSET, LENGTHS_OFFSET } from "../format/layout.js";
import type { Instance } from "../wasm/instantiate.js";

/** Linear memory that `verifyInWasm` needs at least: arguments, state, and some blocks. */
export const DIGEST_ROOM = 4096;

/** The first 32 bits of the fractions of the square roots of the first 8 primes (FIPS 180-4). */
const STATE = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/**
 * Checks the digest of the file `bytes` (rule R7) with the SHA-256 of `instance`. Borrows its linear memory from address
 * `at` on, which nobody may need; what it leaves there is not zero.
 *
 * @returns the first address it did not write to
 */
export function verifyInWasm(instance: Instance, bytes: Uint8Array, at: number): number {
  const { buffer } = instance.memory;
  const memory = new Uint8Array(buffer);
  const state = at + BLOCK;
  const data = state + BLOCK;
  // The two fields of DigestArgs. The table of all structs belongs to the ops, which not every page has yet.
  new Uint32Array(buffer, at, 2).set([state, data]);
  const words = new Uint32Array(buffer, state, STATE.length);
  words.set(STATE);
  const room = Math.min(memory.length - data, LARGE_FILE);
  const chunk = room - (room % BLOCK);
  const update = (blocks: Uint8Array) => {
    for (let start = 0; start < blocks.length; start += chunk) {
      const part = blocks.subarray(start, start + chunk);
      memory.set(part, data);
      instance.run("x8_sha256", at, part.length / BLOCK);
    }
  };

  const covered = bytes.subarray(LENGTHS_OFFSET);
  const whole = covered.length - (covered.length % BLOCK);
  update(covered.subarray(0, whole));
  update(lastBlocks(covered.subarray(whole), covered.length));

  const stored = new DataView(bytes.buffer, bytes.byteOffset + DIGEST_OFFSET);
  expectDigest(words.every((word, i) => word === stored.getUint32(4 * i)));
  return data + Math.min(chunk, Math.max(whole, 2 * BLOCK));
}
