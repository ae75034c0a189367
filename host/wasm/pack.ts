import type { Tensor } from "../core/model.js";
import type { ChannelMultipliers } from "../core/requantize.js";

/**
 * Weights of a matrix product, reordered for a register tile. One panel per `nr` output channels, the last one padded:
 *
 *   int32 bias[nr] | weights[segments][kPadded / kr][nr][kr] | trailer
 *
 * where trailer is float32 scale[nr], or int32 multiplier[nr], int32 shift[nr]. int16 weights have their zero point
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
}

export interface PanelShape {
  readonly nr: number;
  readonly kr: number;
  readonly bytes: 1 | 2 | 4;
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

export function packPanels(source: PanelSource, shape: PanelShape): Panels {
  const { nr, kr, tail } = shape;
  const kPadded = roundUp(source.k, kr);
  const trailer = source.factors instanceof Float32Array ? 4 : 8;
  const widths: number[] = [];
  for (let left = source.groupOut; left > 0; left -= nr) widths.push(left <= tail ? tail : nr);
  const columnBytes = 4 + shape.bytes * source.segments * kPadded + trailer;
  const groupBytes = widths.reduce((sum, width) => sum + width * columnBytes, 0);
  const bytes = new Uint8Array((groupBytes * source.channels) / source.groupOut);
  let offset = 0;
  for (let group = 0; group < source.channels; group += source.groupOut) {
    let first = group;
    for (const width of widths) {
      const count = Math.min(width, group + source.groupOut - first);
      packPanel(source, shape, bytes.buffer, offset, first, count, width, kPadded);
      offset += width * columnBytes;
      first += count;
    }
  }
  return { bytes, groupBytes, kPadded };
}

/** Channels [first, first + count) as a panel of `width`. */
function packPanel(
  source: PanelSource,
  { kr, bytes: weightBytes }: PanelShape,
  buffer: ArrayBuffer,
  offset: number,
  first: number,
  count: number,
  width: number,
  kPadded: number,
): void {
  const { weights, stride, weightsZeroPoint, inputZeroPoint, factors, segments, k } = source;
  const bias = new Int32Array(buffer, offset, width);
  const weightCount = width * segments * kPadded;
  const start = offset + width * 4;
  const packed =
    weightBytes === 1 ? new Int8Array(buffer, start, weightCount) : new Int16Array(buffer, start, weightCount);
  const kept = weightBytes === 1 ? weightsZeroPoint : 0;
  for (let n = 0; n < count; n++) {
    let from = (first + n) * stride.channel;
    let sum = 0;
    for (let segment = 0; segment < segments; segment++) {
      for (let depth = 0; depth < k; depth += kr) {
        const to = (segment * kPadded + depth) * width + n * kr;
        const run = Math.min(kr, k - depth);
        for (let j = 0; j < run; j++) {
          const value = weights[from]! - weightsZeroPoint;
          packed[to + j] = value + kept;
          sum += value;
          from += stride.depth;
        }
      }
    }
    bias[n] = (source.bias ? source.bias[first + n]! : 0) - Math.imul(inputZeroPoint, sum);
  }
  const end = start + weightCount * weightBytes;
  if (factors instanceof Float32Array) {
    new Float32Array(buffer, end, width).set(factors.subarray(first, first + count));
    return;
  }
  const words = new Int32Array(buffer, end, width * 2);
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
