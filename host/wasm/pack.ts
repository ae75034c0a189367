import type { Tensor } from "../core/model.js";
import type { ChannelMultipliers } from "../core/requantize.js";

/**
 * Weights of a matrix product, reordered for a register tile. One panel per `nr` output channels, the last one padded:
 *
 *   int32 bias[nr] | int16 weights[kPadded / kr][nr][kr] | trailer
 *
 * where trailer is float32 scale[nr], or int32 multiplier[nr], int32 shift[nr]. Weights have their zero point taken
 * off (9 bits for shifted uint8 models); the bias has the input's zero point folded in:
 * bias[c] − zpInput · Σ weights[c]. Padding is zero.
 */
export interface PanelSource {
  /** int8 weights, element (c, k) at c · stride.channel + k · stride.depth. */
  readonly weights: Int8Array;
  readonly stride: { readonly channel: number; readonly depth: number };
  readonly weightsZeroPoint: number;
  readonly inputZeroPoint: number;
  readonly bias: Int32Array | undefined;
  /** Output channels, in runs of `groupOut` that each start new panels. */
  readonly channels: number;
  readonly groupOut: number;
  readonly k: number;
  readonly factors: Float32Array | ChannelMultipliers;
}

export interface PanelShape {
  readonly nr: number;
  readonly kr: number;
  /** A remainder of at most this many channels is packed as one panel of this width; 0 for none. */
  readonly tail: number;
}

export interface Panels {
  readonly bytes: Uint8Array;
  readonly groupBytes: number;
  readonly kPadded: number;
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

export function packPanels(source: PanelSource, { nr, kr, tail }: PanelShape): Panels {
  const kPadded = roundUp(source.k, kr);
  const trailer = source.factors instanceof Float32Array ? 4 : 8;
  const widths: number[] = [];
  for (let left = source.groupOut; left > 0; left -= nr) widths.push(left <= tail ? tail : nr);
  const groupBytes = widths.reduce((sum, width) => sum + width * (4 + 2 * kPadded + trailer), 0);
  const bytes = new Uint8Array((groupBytes * source.channels) / source.groupOut);
  let offset = 0;
  for (let group = 0; group < source.channels; group += source.groupOut) {
    let first = group;
    for (const width of widths) {
      const count = Math.min(width, group + source.groupOut - first);
      offset = packPanel(source, bytes.buffer, offset, first, count, width, kr, kPadded);
      first += count;
    }
  }
  return { bytes, groupBytes, kPadded };
}

/** Channels [first, first + count) as a panel of `width`; returns the offset behind it. */
function packPanel(
  source: PanelSource,
  buffer: ArrayBuffer,
  offset: number,
  first: number,
  count: number,
  width: number,
  kr: number,
  kPadded: number,
): number {
  const { weights, stride, weightsZeroPoint, inputZeroPoint, factors, k } = source;
  const bias = new Int32Array(buffer, offset, width);
  const packed = new Int16Array(buffer, offset + width * 4, width * kPadded);
  const end = offset + width * (4 + 2 * kPadded);
  for (let n = 0; n < count; n++) {
    let from = (first + n) * stride.channel;
    let sum = 0;
    for (let depth = 0; depth < k; depth += kr) {
      const to = depth * width + n * kr;
      for (let j = 0; j < kr && depth + j < k; j++) {
        const value = weights[from]! - weightsZeroPoint;
        packed[to + j] = value;
        sum += value;
        from += stride.depth;
      }
    }
    bias[n] = (source.bias ? source.bias[first + n]! : 0) - Math.imul(inputZeroPoint, sum);
  }
  if (factors instanceof Float32Array) {
    new Float32Array(buffer, end, width).set(factors.subarray(first, first + count));
    return end + width * 4;
  }
  const words = new Int32Array(buffer, end, width * 2);
  words.set(factors.multiplier.subarray(first, first + count));
  words.set(factors.shift.subarray(first, first + count), width);
  return end + width * 8;
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
