import { BLOCK, lastBlocks } from "./sha256-blocks.js";

/**
 * SHA-256 (FIPS 180-4), synchronous. The writer needs it without `await`, and the reader where the page is not a secure
 * context and so has no `crypto.subtle`.
 */

/** The first 32 bits of the fraction of `root`, where `root` ≥ 0: how the standard defines its constants. */
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;

/** Initial state: square roots of the first 8 primes. Round constants: cube roots of the first 64. */
const { STATE, ROUNDS } = (() => {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return {
    STATE: primes.slice(0, 8).map((p) => fraction(Math.sqrt(p))),
    ROUNDS: Int32Array.from(primes, (p) => fraction(Math.cbrt(p))),
  };
})();

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** Mixes the 64 bytes of `view` at `at` into `state`. `w` is 64 words of scratch. */
function compress(state: Int32Array, view: DataView, at: number, w: Int32Array): void {
  for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const a = w[t - 15] as number;
    const b = w[t - 2] as number;
    const small0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const small1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w[t] = ((w[t - 16] as number) + small0 + (w[t - 7] as number) + small1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < 64; t++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + big1 + choice + (ROUNDS[t] as number) + (w[t] as number)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + big0 + majority) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = (state[i] as number) + word;
  });
}

/** The 32-byte digest of `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const state = Int32Array.from(STATE);
  const scratch = new Int32Array(64);
  const whole = bytes.length - (bytes.length % BLOCK);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole; at += BLOCK) compress(state, view, at, scratch);

  const tail = lastBlocks(bytes.subarray(whole), bytes.length);
  for (let at = 0; at < tail.length; at += BLOCK) compress(state, new DataView(tail.buffer), at, scratch);

  const digest = new Uint8Array(32);
  state.forEach((word, i) => {
    new DataView(digest.buffer).setInt32(4 * i, word);
  });
  return digest;
}
