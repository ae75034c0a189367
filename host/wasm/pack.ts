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

/** Weights are staged for the kernel in pieces of about this size. */
const PIECE_BYTES = 65536;

export function packPanels(source: PanelSource, shape: PanelShape): Panels {
  const { groupOut, channels, segments, k } = source;
  const { nr, tail } = shape;
  const kPadded = roundUp(k, shape.kr);
  const trailer = source.factors instanceof Float32Array ? 1 : 2;
  const columnBytes = 4 + shape.bytes * segments * kPadded + 4 * trailer;
  const rest = groupOut % nr;
  const lastWidth = rest > 0 && rest <= tail ? tail : nr;
  const panels = Math.ceil(groupOut / nr);
  const rangeBytes = nr >= 8 ? RANGE_BYTES : 0;
  const panelBytes = nr * columnBytes + rangeBytes;
  const groupBytes = (panels - 1) * panelBytes + lastWidth * columnBytes + rangeBytes;
  const channelBytes = segments * k + 4 + 4 * trailer;
  const piece = Math.min(panels, Math.max(1, Math.floor(PIECE_BYTES / (nr * channelBytes)))) * nr;
  const write = (address: number, packer: Packer) => {
    for (let group = 0; group < channels; group += groupOut) {
      const groupAddress = address + (group / groupOut) * groupBytes;
      for (let at = 0; at < groupOut; at += piece) {
        const count = Math.min(piece, groupOut - at);
        const sizes = { lastWidth: at + count === groupOut ? lastWidth : nr, kPadded, trailer, rangeBytes };
        writePanels(source, shape, sizes, group + at, count, groupAddress + (at / nr) * panelBytes, packer);
      }
    }
  };
  const byteLength = (groupBytes * channels) / groupOut;
  return { constant: { byteLength, stagingBytes: piece * channelBytes + 4 + RANGE_BYTES, write }, groupBytes, kPadded };
}

interface PanelSizes {
  readonly lastWidth: number;
  readonly kPadded: number;
  readonly trailer: number;
  readonly rangeBytes: number;
}

/** Channels [first, first + count) as panels from `target` on; only the last may be incomplete. */
function writePanels(
  source: PanelSource,
  { nr, kr, bytes }: PanelShape,
  sizes: PanelSizes,
  first: number,
  count: number,
  target: number,
  { memory, staging, run }: Packer,
): void {
  const { bias, factors, segments, k, weightsZeroPoint, inputZeroPoint } = source;
  stageWeights(source, first, count, new Int8Array(memory.buffer, staging, count * segments * k));
  const words = roundUp(staging + count * segments * k, 4);
  const staged = new Int32Array(memory.buffer, words, count * (1 + sizes.trailer));
  if (bias) staged.set(bias.subarray(first, first + count));
  else staged.fill(0, 0, count);
  if (factors instanceof Float32Array) {
    staged.set(new Int32Array(factors.buffer, factors.byteOffset + first * 4, count), count);
  } else {
    staged.set(factors.multiplier.subarray(first, first + count), count);
    staged.set(factors.shift.subarray(first, first + count), 2 * count);
  }
  const range = words + staged.byteLength;
  writeRange(memory.buffer, range, source.range);
  const args = { source: staging, words, range, target, channels: count, segments, k, kr, bytes, width: nr };
  const zeroPoints = { zeroPoint: weightsZeroPoint, inputZeroPoint };
  run("x8_packw", writeStruct(PACK_ARGS, { ...args, ...zeroPoints, ...sizes }), Math.ceil(count / nr));
}

/** The weights of channels [first, first + count), one channel after the other. */
function stageWeights(source: PanelSource, first: number, count: number, target: Int8Array): void {
  const { weights, stride, segments, k } = source;
  const depth = segments * k;
  if (stride.depth === 1 && stride.channel === depth) {
    target.set(weights.subarray(first * stride.channel, (first + count) * stride.channel));
    return;
  }
  let at = 0;
  for (let channel = first; channel < first + count; channel++)
    for (let d = 0; d < depth; d++) target[at++] = weights[channel * stride.channel + d * stride.depth]!;
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
