import { HAS_SIMD } from "../lanes/features";

/**
 * SHA-256 (FIPS 180-4) of a file while it is loaded: a process that has just started has this kernel sooner than the
 * engine's own implementation. A tile is a block of 64 bytes. Blocks change one state, so unlike the tiles of other
 * kernels they go in order, all on one thread.
 */
@unmanaged
export class DigestArgs {
  /** The eight words of the state, updated. */
  state: usize;
  /** Blocks of 64 bytes, one after the other. */
  data: usize;
}

/** The first 32 bits of the fractions of the cube roots of the first 64 primes. */
const ROUNDS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** The message schedule of one block, each word with its round's constant added. */
const SCHEDULE = memory.data(256);

export function x8_sha256(args: usize, begin: i32, end: i32): void {
  const a = changetype<DigestArgs>(args);
  for (let block = begin; block < end; block++) {
    if (HAS_SIMD) scheduleVectors(a.data + (<usize>block << 6));
    else scheduleWords(a.data + (<usize>block << 6));
    compress(a.state);
  }
}

function scheduleWords(block: usize): void {
  for (let t: usize = 0; t < 64; t += 4) store<u32>(SCHEDULE + t, bswap(load<u32>(block + t)));
  for (let w = SCHEDULE; w < SCHEDULE + 192; w += 4) {
    const w15 = load<u32>(w, 4);
    const w2 = load<u32>(w, 56);
    const sum0 = <u32>((twice(w15) >> 7) ^ (twice(w15) >> 18)) ^ (w15 >> 3);
    const sum1 = <u32>((twice(w2) >> 17) ^ (twice(w2) >> 19)) ^ (w2 >> 10);
    store<u32>(w, load<u32>(w) + sum0 + load<u32>(w, 36) + sum1, 64);
  }
  for (let t: usize = 0; t < 256; t += 4) store<u32>(SCHEDULE + t, load<u32>(SCHEDULE + t) + load<u32>(ROUNDS + t));
}

/** Four words at a time, the last sixteen in four vectors. */
function scheduleVectors(block: usize): void {
  let w0 = bigEndian(v128.load(block));
  let w1 = bigEndian(v128.load(block, 16));
  let w2 = bigEndian(v128.load(block, 32));
  let w3 = bigEndian(v128.load(block, 48));
  storeWithConstants(0, w0);
  storeWithConstants(16, w1);
  storeWithConstants(32, w2);
  storeWithConstants(48, w3);
  for (let t: usize = 64; t < 256; t += 16) {
    const next = nextWords(w0, w1, w2, w3);
    storeWithConstants(t, next);
    w0 = w1;
    w1 = w2;
    w2 = w3;
    w3 = next;
  }
}

// @ts-ignore: decorator
@inline
function bigEndian(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

// @ts-ignore: decorator
@inline
function storeWithConstants(t: usize, words: v128): void {
  v128.store(SCHEDULE + t, i32x4.add(words, v128.load(ROUNDS + t)));
}

/** Words t to t + 3 from the sixteen before them. */
// @ts-ignore: decorator
@inline
function nextWords(w0: v128, w1: v128, w2: v128, w3: v128): v128 {
  const w15 = i8x16.shuffle(w0, w1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  const w7 = i8x16.shuffle(w2, w3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  const small0 = v128.xor(v128.xor(rotate(w15, 7), rotate(w15, 18)), i32x4.shr_u(w15, 3));
  const sum = i32x4.add(i32x4.add(w0, w7), small0);
  // The last two words need the first two of the result.
  const first = i32x4.add(sum, sigma1(i8x16.shuffle(w3, i32x4.splat(0), 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)));
  return i32x4.add(first, sigma1(i8x16.shuffle(i32x4.splat(0), first, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)));
}

/** σ1 of FIPS 180-4, of four words. */
// @ts-ignore: decorator
@inline
function sigma1(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 17), rotate(x, 19)), i32x4.shr_u(x, 10));
}

// @ts-ignore: decorator
@inline
function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

/**
 * Mixes the block of the schedule into the state. Eight rounds a turn, after which every word is where it was: baseline
 * compilers keep what has no loop around it in registers, and moving eight words cost them as much as the round.
 */
function compress(state: usize): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (let w = SCHEDULE; w < SCHEDULE + 256; w += 32) {
    h += mixChosen(e, f, g) + load<u32>(w);
    d += h;
    h += mixMajority(a, b, c);
    g += mixChosen(d, e, f) + load<u32>(w, 4);
    c += g;
    g += mixMajority(h, a, b);
    f += mixChosen(c, d, e) + load<u32>(w, 8);
    b += f;
    f += mixMajority(g, h, a);
    e += mixChosen(b, c, d) + load<u32>(w, 12);
    a += e;
    e += mixMajority(f, g, h);
    d += mixChosen(a, b, c) + load<u32>(w, 16);
    h += d;
    d += mixMajority(e, f, g);
    c += mixChosen(h, a, b) + load<u32>(w, 20);
    g += c;
    c += mixMajority(d, e, f);
    b += mixChosen(g, h, a) + load<u32>(w, 24);
    f += b;
    b += mixMajority(c, d, e);
    a += mixChosen(f, g, h) + load<u32>(w, 28);
    e += a;
    a += mixMajority(b, c, d);
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}

/** A word above itself: shifted right, its low half is the word rotated. V8's baseline compiler calls out for rotations. */
// @ts-ignore: decorator
@inline
function twice(x: u32): u64 {
  return <u64>x | (<u64>x << 32);
}

/** Σ1(e) + Ch(e, f, g) of FIPS 180-4. */
// @ts-ignore: decorator
@inline
function mixChosen(e: u32, f: u32, g: u32): u32 {
  const e2 = twice(e);
  return <u32>((e2 >> 6) ^ (e2 >> 11) ^ (e2 >> 25)) + (g ^ (e & (f ^ g)));
}

/** Σ0(a) + Maj(a, b, c) of FIPS 180-4. */
// @ts-ignore: decorator
@inline
function mixMajority(a: u32, b: u32, c: u32): u32 {
  const a2 = twice(a);
  return <u32>((a2 >> 2) ^ (a2 >> 13) ^ (a2 >> 22)) + ((a & b) | (c & (a | b)));
}
