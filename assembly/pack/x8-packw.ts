/**
 * Weights of a matrix product into the panels of a register tile; host/wasm/pack.ts draws one. A tile is a panel.
 */
@unmanaged
export class PackArgs {
  /** int8 weights: depth value d of channel n at n · segments · k + d. */
  source: usize;
  /** Words of the channels: int32 bias[channels], then one or two words of trailer, [trailer][channels]. */
  words: usize;
  /** The panels, zeroed. */
  target: usize;
  /** Of all panels together; each takes `width`, the last what is left. */
  channels: i32;
  segments: i32;
  k: i32;
  kPadded: i32;
  width: i32;
  /** Of the last panel. */
  lastWidth: i32;
  kr: i32;
  /** Of a packed weight: int16 has the zero point taken off, int8 keeps it. */
  bytes: i32;
  trailer: i32;
  /** What follows the trailer of each panel. */
  range: usize;
  rangeBytes: i32;
  zeroPoint: i32;
  inputZeroPoint: i32;
}

export function x8_packw(args: usize, begin: i32, end: i32): void {
  const a = changetype<PackArgs>(args);
  const depth = a.segments * a.k;
  const packedDepth = a.segments * a.kPadded * a.bytes;
  const panels = (a.channels + a.width - 1) / a.width;
  for (let panel = begin; panel < end; panel++) {
    const width = panel == panels - 1 ? a.lastWidth : a.width;
    const first = panel * a.width;
    const count = min(a.width, a.channels - first);
    const target = a.target + <usize>(first * (packedDepth + ((1 + a.trailer) << 2)) + panel * a.rangeBytes);
    const weights = target + <usize>(width << 2);
    const trailer = weights + <usize>(width * packedDepth);
    for (let n = 0; n < count; n++) {
      const c = first + n;
      const sum = packChannel(a, a.source + <usize>(c * depth), weights, n, width);
      const words = a.words + (<usize>c << 2);
      store<i32>(target + (<usize>n << 2), load<i32>(words) - a.inputZeroPoint * (sum - depth * a.zeroPoint));
      for (let t = 0; t < a.trailer; t++) {
        store<i32>(trailer + (<usize>(t * width + n) << 2), load<i32>(words + (<usize>((t + 1) * a.channels) << 2)));
      }
    }
    memory.copy(trailer + (<usize>(a.trailer * width) << 2), a.range, <usize>a.rangeBytes);
  }
}

/** All weights of the panel's channel n; returns their sum. */
function packChannel(a: PackArgs, source: usize, panel: usize, n: i32, width: i32): i32 {
  let sum = 0;
  for (let segment = 0; segment < a.segments; segment++) {
    const target = panel + <usize>((segment * a.kPadded * width + n * a.kr) * a.bytes);
    sum += a.bytes == 1 ? packInt8(a, source, target, width) : packInt16(a, source, target, width);
    source += a.k;
  }
  return sum;
}

/** Runs of kr bytes, `width` runs apart; returns the sum of the weights. */
function packInt8(a: PackArgs, source: usize, target: usize, width: i32): i32 {
  const pitch = <usize>(width * a.kr);
  let sum = 0;
  let left = a.k;
  if (a.kr == 4) {
    for (; left >= 4; left -= 4) {
      const four = load<i32>(source);
      store<i32>(target, four);
      sum += <i32>(<i8>four) + <i32>(<i8>(four >> 8)) + <i32>(<i8>(four >> 16)) + (four >> 24);
      source += 4;
      target += pitch;
    }
  }
  while (left > 0) {
    const run = min(left, a.kr);
    for (let j = 0; j < run; j++) {
      const value = load<i8>(source);
      store<i8>(target + <usize>j, value);
      sum += value;
      source++;
    }
    target += pitch;
    left -= run;
  }
  return sum;
}

function packInt16(a: PackArgs, source: usize, target: usize, width: i32): i32 {
  const pitch = <usize>(width * a.kr) << 1;
  const zeroPoint = a.zeroPoint;
  let sum = 0;
  let left = a.k;
  if (a.kr == 2) {
    for (; left >= 2; left -= 2) {
      const first = <i32>load<i8>(source);
      const second = <i32>load<i8>(source, 1);
      store<i32>(target, ((first - zeroPoint) & 0xffff) | ((second - zeroPoint) << 16));
      sum += first + second;
      source += 2;
      target += pitch;
    }
  }
  while (left > 0) {
    const run = min(left, a.kr);
    for (let j = 0; j < run; j++) {
      const value = <i32>load<i8>(source);
      store<i16>(target + (<usize>j << 1), <i16>(value - zeroPoint));
      sum += value;
      source++;
    }
    target += pitch;
    left -= run;
  }
  return sum;
}
