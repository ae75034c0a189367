/**
 * Weights of a matrix product into the panel of a register tile; host/wasm/pack.ts draws it. A tile is one output
 * channel of the panel.
 */
@unmanaged
export class PackArgs {
  /** int8 weights: depth value d of channel n at n · channelStride + d. */
  source: usize;
  channelStride: i32;
  /** The panel's int32 bias[width], holding the layer's own; gets −inputZeroPoint · Σ (w − zeroPoint) added. */
  bias: usize;
  /** The panel's weights[segments][kPadded / kr][width][kr], zeroed. */
  target: usize;
  segments: i32;
  k: i32;
  kPadded: i32;
  width: i32;
  kr: i32;
  /** Of a packed weight: int16 has the zero point taken off, int8 keeps it. */
  bytes: i32;
  zeroPoint: i32;
  inputZeroPoint: i32;
}

export function x8_packw(args: usize, begin: i32, end: i32): void {
  const a = changetype<PackArgs>(args);
  for (let n = begin; n < end; n++) {
    let sum = 0;
    for (let segment = 0; segment < a.segments; segment++) {
      const source = a.source + <usize>(n * a.channelStride + segment * a.k);
      const target = a.target + <usize>((segment * a.kPadded * a.width + n * a.kr) * a.bytes);
      sum += a.bytes == 1 ? packInt8(a, source, target) : packInt16(a, source, target);
    }
    const bias = a.bias + ((<usize>n) << 2);
    store<i32>(bias, load<i32>(bias) - a.inputZeroPoint * (sum - a.segments * a.k * a.zeroPoint));
  }
}

/** Runs of kr bytes, `width` runs apart; returns the sum of the weights. */
function packInt8(a: PackArgs, source: usize, target: usize): i32 {
  const pitch = <usize>(a.width * a.kr);
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

function packInt16(a: PackArgs, source: usize, target: usize): i32 {
  const pitch = <usize>(a.width * a.kr) << 1;
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
