import { DIGEST_OFFSET, LENGTHS_OFFSET } from "./layout.js";
import { must } from "./must.js";

/** From this size on the engine's own SHA-256 is worth the milliseconds that some need to set it up. */
export const LARGE_FILE = 2 ** 19;

/** The engine's SHA-256: absent outside secure contexts and in some small engines. */
export function subtleCrypto(): SubtleCrypto | undefined {
  return globalThis.crypto?.subtle;
}

/**
 * Checks rule R7: the SHA-256 of every byte from 40 on is in bytes 8 to 39. It finds damage, not malice: whoever edits
 * a file can also edit its digest.
 *
 * @throws QbinFormatError (rejects) when it differs
 */
export async function verifyDigest(bytes: Uint8Array): Promise<void> {
  const covered = bytes.subarray(LENGTHS_OFFSET);
  const stored = bytes.subarray(DIGEST_OFFSET, LENGTHS_OFFSET);
  const subtle = subtleCrypto();
  const digest = subtle
    ? new Uint8Array(await subtle.digest("SHA-256", covered as BufferSource))
    : (await import("../core/sha256.js")).sha256(covered);
  expectDigest(digest.every((byte, i) => byte === stored[i]));
}

export function expectDigest(isEqual: boolean): void {
  must(isEqual, 7, "SHA-256 of the contents", "not that in the file", "equal; the file was damaged");
}
