import type { Tensor } from "../core/model.js";
import type { ChannelMultipliers } from "../core/requantize.js";
import { PACK_ARGS } from "./args.generated.js";
import type { PackedConstant, Packer } from "./kernel.js";
import { writeStruct } from "./struct.js";

/**
 * Weights of a matrix product, reordered for a register tile. One panel per `nr` output channels, the last one padded:
 *
 *   int32 bias[nr] | weights[segments][kPadded / kr][nr][kr] | trailer
 *
 * where trailer is float32 scale[nr] and from nr 8 on the output's range, or int32 multiplier[nr], int32 shift[nr]. int16 weights have their zero point
 * taken off (9 bits for shifted uint8 models), int8 weights keep it. The bias has the input's zero point folded in:
 * bias[c] − zpInput · Σ (weights[c] − zpWeights). Padding is zero.
 */
export interface PanelSource {
  /** int8 weights, element (c, k) at c · stride.channel + k · stride.depth. */
  readonly weights: Int8Array;
  readonly stride: { readonly channel: number; readonly depth: number };
  readonly weightsZeroPoint: number;
  /** What the kernel reads for a real 0. */
  readonly inputZeroPoint: number;
  readonly bias: Int32Array | undefined;
  /** Output channels, in runs of `groupOut` that each start new panels. */
  readonly channels: number;
  readonly groupOut: number;
  /** Runs of depth that are padded on their own, and depth values of one. */
  readonly segments: number;
  readonly k: number;
  readonly factors: Float32Array | ChannelMultipliers;
  readonly range: OutputRange;
}

/** Zero point and clamps of an int8 output. */
export interface OutputRange {
  readonly zeroPoint: number;
  readonly min: number;
  readonly max: number;
}

/** RANGE_BYTES in assembly/lanes/requantize.ts, which says what they hold. */
export const RANGE_BYTES = 48;
/** Bits of the float32 1.5 · 2^23: what is added to it is rounded to an integer, in its low bits. */
const MAGIC_BITS = 0x4b400000;

/** The range as vector kernels read it, at `byteOffset`. */
export function writeRange(buffer: ArrayBufferLike, byteOffset: number, { zeroPoint, min, max }: OutputRange): void {
  new Int32Array(buffer, byteOffset, 4).fill(MAGIC_BITS - zeroPoint);
  new Int8Array(buffer, byteOffset + 16, 16).fill(min);
  new Int8Array(buffer, byteOffset + 32, 16).fill(max);
}

export interface PanelShape {
  readonly nr: number;
  readonly kr: number;
  readonly bytes: 1 | 2 | 4;
  /** A remainder of at most this many channels is packed as one panel of this width; 0 for none. */
  readonly tail: number;
}

export interface Panels {
  readonly constant: PackedConstant;
  readonly groupBytes: number;
  readonly kPadded: number;
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

export function packPanels(source: PanelSource, shape: PanelShape): Panels {
  const kPadded = roundUp(source.k, shape.kr);
  const trailer = source.factors instanceof Float32Array ? 4 : 8;
  const widths: number[] = [];
  for (let left = source.groupOut; left > 0; left -= shape.nr) widths.push(left <= shape.tail ? shape.tail : shape.nr);
  const columnBytes = 4 + shape.bytes * source.segments * kPadded + trailer;
  const rangeBytes = shape.nr >= 8 ? RANGE_BYTES : 0;
  const groupBytes = widths.reduce((sum, width) => sum + width * columnBytes + rangeBytes, 0);
  const write = (target: Uint8Array, address: number, packer: Packer) => {
    let offset = 0;
    for (let group = 0; group < source.channels; group += source.groupOut) {
      let first = group;
      for (const width of widths) {
        const count = Math.min(width, group + source.groupOut - first);
        writePanel(source, shape, target, address, offset, first, count, width, kPadded, packer);
        offset += width * columnBytes + rangeBytes;
        first += count;
      }
    }
  };
  const byteLength = (groupBytes * source.channels) / source.groupOut;
  const stagingBytes = Math.min(shape.nr, source.channels) * source.segments * source.k;
  return { constant: { byteLength, stagingBytes, write }, groupBytes, kPadded };
}

/** The weights of channels [first, first + count), one channel after the other. */
function stagedWeights({ weights, stride, segments, k }: PanelSource, first: number, count: number): Int8Array {
  const depth = segments * k;
  if (stride.depth === 1) return weights.subarray(first * stride.channel, (first + count) * stride.channel);
  return Int8Array.from({ length: count * depth }, (_, i) => {
    return weights[(first + Math.floor(i / depth)) * stride.channel + (i % depth) * stride.depth]!;
  });
}

/** Channels [first, first + count) as a panel of `width` at `offset` of `target`. */
function writePanel(
  source: PanelSource,
  { nr, kr, bytes }: PanelShape,
  target: Uint8Array,
  address: number,
  offset: number,
  first: number,
  count: number,
  width: number,
  kPadded: number,
  packer: Packer,
): void {
  const { bias, factors, segments, k, range } = source;
  const start = offset + width * 4;
  const end = start + width * segments * kPadded * bytes;
  const { buffer, byteOffset } = target;
  if (bias) new Int32Array(buffer, byteOffset + offset, width).set(bias.subarray(first, first + count));
  const args = writeStruct(PACK_ARGS, {
    source: packer.staging,
    channelStride: segments * k,
    bias: address + offset,
    target: address + start,
    segments,
    k,
    kPadded,
    width,
    kr,
    bytes,
    zeroPoint: source.weightsZeroPoint,
    inputZeroPoint: source.inputZeroPoint,
  });
  packer.run("x8_packw", stagedWeights(source, first, count), args, count);
  if (factors instanceof Float32Array) {
    new Float32Array(buffer, byteOffset + end, width).set(factors.subarray(first, first + count));
    if (nr >= 8) writeRange(buffer, byteOffset + end + width * 4, range);
    return;
  }
  const words = new Int32Array(buffer, byteOffset + end, width * 2);
  words.set(factors.multiplier.subarray(first, first + count));
  words.set(factors.shift.subarray(first, first + count), width);
}

/** The int32 values of a bias, aligned. */
export function biasValues(tensor: Tensor | undefined): Int32Array | undefined {
  return tensor?.data && new Int32Array(tensor.data.slice().buffer);
}

/** The int8 values of a weights tensor, no copy. */
export function weightValues(tensor: Tensor): Int8Array {
  const data = tensor.data!;
  return new Int8Array(data.buffer, data.byteOffset, data.byteLength);
}
