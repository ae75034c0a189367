/**
 * Weights of a depthwise convolution into blocks of channels; `packBlocks` in host/wasm/depthwise.ts says how one looks. A
 * tile is a block.
 */
@unmanaged
export class PackDepthwiseArgs {
  /** int8 weights [taps][channels]. */
  source: usize;
  /** Words of the channels: int32 bias[channels], float32 scale[channels]. */
  words: usize;
  /** int32[slots]: which tap a slot of a channel holds, −1 for a zero. */
  order: usize;
  /** What follows the scales of each block. */
  range: usize;
  /** The blocks, zeroed. */
  target: usize;
  channels: i32;
  taps: i32;
  slots: i32;
  /** Channels of a block. */
  width: i32;
  /** Slots of a channel that are neighbours. */
  run: i32;
  /** Of a packed weight. */
  bytes: i32;
  zeroPoint: i32;
  inputZeroPoint: i32;
  weightBytes: i32;
  rangeBytes: i32;
  blockBytes: i32;
  /** 1 where what does not fit into int8 without its zero point follows. */
  hasRest: i32;
  /** 1 where the last block begins early enough to be full. */
  overlaps: i32;
}

export function x8_packw_dw(args: usize, begin: i32, end: i32): void {
  const a = changetype<PackDepthwiseArgs>(args);
  for (let block = begin; block < end; block++) {
    const target = a.target + <usize>(block * a.blockBytes);
    const trailer = target + <usize>((a.width << 2) + a.weightBytes);
    const first = a.overlaps ? min(block * a.width, a.channels - a.width) : block * a.width;
    const count = min(a.width, a.channels - first);
    for (let n = 0; n < count; n++) {
      const words = a.words + (<usize>(first + n) << 2);
      const sum = packChannel(a, a.source + <usize>(first + n), target + <usize>(a.width << 2), n);
      store<i32>(target + (<usize>n << 2), load<i32>(words) - a.inputZeroPoint * sum);
      store<i32>(trailer + (<usize>n << 2), load<i32>(words + (<usize>a.channels << 2)));
    }
    memory.copy(trailer + (<usize>a.width << 2), a.range, <usize>a.rangeBytes);
  }
}

/** The weights of the block's channel n; returns their sum without zero points. */
function packChannel(a: PackDepthwiseArgs, source: usize, weights: usize, n: i32): i32 {
  const rest = weights + <usize>(a.weightBytes + (a.width << 2) + a.rangeBytes);
  for (let slot = 0; slot < a.slots; slot++) {
    const tap = load<i32>(a.order + (<usize>slot << 2));
    if (tap < 0) continue;
    const inRun = slot % a.run;
    const at = <usize>((slot - inRun) * a.width + n * a.run + inRun);
    const weight = <i32>load<i8>(source + <usize>(tap * a.channels)) - a.zeroPoint;
    if (a.bytes == 2) {
      store<i16>(weights + (at << 1), <i16>weight);
      continue;
    }
    const packed = max(-128, min(weight, 127));
    store<i8>(weights + at, <i8>packed);
    if (a.hasRest && weight != packed) {
      store<i8>(rest + at, <i8>(weight - packed));
      store<i8>(rest + <usize>a.weightBytes, 1);
    }
  }
  let sum = 0;
  for (let tap = 0; tap < a.taps; tap++) sum += <i32>load<i8>(source + <usize>(tap * a.channels)) - a.zeroPoint;
  return sum;
}
