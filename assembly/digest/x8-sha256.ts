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

/** The message schedule of one block. */
const SCHEDULE = memory.data(256);

export function x8_sha256(args: usize, begin: i32, end: i32): void {
  const a = changetype<DigestArgs>(args);
  for (let block = begin; block < end; block++) compress(a.state, a.data + (<usize>block << 6));
}

/** Mixes one block into the state. */
function compress(state: usize, block: usize): void {
  for (let t: usize = 0; t < 64; t += 4) store<u32>(SCHEDULE + t, bswap(load<u32>(block + t)));
  for (let w = SCHEDULE; w < SCHEDULE + 192; w += 4) {
    const w15 = load<u32>(w, 4);
    const w2 = load<u32>(w, 56);
    const small0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >> 3);
    const small1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >> 10);
    store<u32>(w, load<u32>(w) + small0 + load<u32>(w, 36) + small1, 64);
  }
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (let t: usize = 0; t < 256; t += 4) {
    const big1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    const first = h + big1 + (g ^ (e & (f ^ g))) + load<u32>(ROUNDS + t) + load<u32>(SCHEDULE + t);
    const big0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    const second = big0 + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
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
