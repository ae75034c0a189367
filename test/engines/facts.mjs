/**
 * What an engine can do, as far as it decides which module runs there and how far its clock can be trusted.
 *
 * @typedef {{ simd: boolean, relaxedSimd: boolean, sharedMemory: boolean, timerUs: number | null }} Facts
 */

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** One function `() -> v128` with the given body; its locals vector is empty. */
const returnsV128 = (...body) => [
  ...[...HEADER, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00],
  ...[0x0a, body.length + 4, 0x01, body.length + 2, 0x00, ...body, 0x0b],
];
const SPLAT_1 = [0x41, 0x01, 0xfd, 0x0f];
/** i8x16.popcnt: a late addition to SIMD128, so a yes means the whole proposal. */
const SIMD = returnsV128(...SPLAT_1, 0xfd, 0x62);
/** i32x4.relaxed_dot_i8x16_i7x16_add_s. */
const RELAXED_SIMD = returnsV128(...SPLAT_1, ...SPLAT_1, ...SPLAT_1, 0xfd, 0x93, 0x02);

/** @returns {Promise<Facts>} */
export async function collectFacts() {
  return {
    simd: WebAssembly.validate(new Uint8Array(SIMD)),
    relaxedSimd: WebAssembly.validate(new Uint8Array(RELAXED_SIMD)),
    sharedMemory: canShareMemory(),
    timerUs: timerResolutionUs(),
  };
}

/** In a page, shared memory exists everywhere but can be sent to a worker only when the page is cross-origin isolated. */
function canShareMemory() {
  if (globalThis.crossOriginIsolated === false && typeof document !== "undefined") return false;
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}

/** The smallest step the clock was seen to take within 20 ms; null when it stood still. */
function timerResolutionUs() {
  const begin = performance.now();
  let smallest = Number.POSITIVE_INFINITY;
  for (let last = begin, now = begin; now - begin < 20; last = now) {
    for (let spins = 0; now === last && spins < 1e6; spins++) now = performance.now();
    if (now === last) break;
    smallest = Math.min(smallest, now - last);
  }
  return Number.isFinite(smallest) ? Number((smallest * 1000).toFixed(3)) : null;
}
