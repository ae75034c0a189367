import type { ModelData } from "../../core/model.js";
import type { ModeResult } from "./mode.js";
import { bestScale, type Levels, largestOf, levelOf, toBfloat16 } from "./scale-search.js";
import { type ChannelWeights, notFinite, type StoredWeights, storeWeights } from "./store-weights.js";

/** How weights are rounded. */
export interface WeightOnlySettings {
  readonly bits: 8 | 4;
  /** "max": the largest weight is exact. "mse": the scale with the least squared error, which may clip some. */
  readonly clip: "max" | "mse";
  /** 4 bits: how many weights of a channel, in the tensor's order, share a scale. */
  readonly group: number;
}

export const DEFAULT_GROUP = 32;

const INT8: Levels = { low: -127, high: 127 };
const INT4: Levels = { low: -8, high: 7 };

/** Shares of the largest weight that are tried as the largest representable one. */
const SHARES = Array.from({ length: 64 }, (_, i) => 1 - i / 128);
/** Into how many steps the largest weight of a group is divided: 7, or 8 for a negative one, and finer ones that clip. */
const DIVISORS = Array.from({ length: 64 }, (_, i) => 6.5 + i / 8);

/**
 * Stores weights as integers and scales, symmetric: a scale per output channel for 8 bits, per group of a channel's weights for
 * 4. Activations and arithmetic stay float32, so there is nothing to calibrate.
 */
export function weightOnly(graph: ModelData, wanted: ReadonlySet<string>, settings: WeightOnlySettings): ModeResult {
  return storeWeights(graph, wanted, (weights) => {
    return notFinite(weights.values) ?? (settings.bits === 8 ? int8(weights, settings) : int4(weights, settings));
  });
}

function int8(weights: ChannelWeights, { clip }: WeightOnlySettings): StoredWeights {
  const { channels, depth, axis, position, values } = weights;
  const data = new Int8Array(values.length);
  const scale = Array.from({ length: channels }, (_, c) => {
    const channel = Float32Array.from({ length: depth }, (_, i) => values[position(c, i)] as number);
    const widest = largestOf(channel) / INT8.high;
    const tried = (clip === "mse" ? SHARES : [1]).map((share) => toScale(widest * share));
    const best = bestScale(channel, INT8, tried);
    channel.forEach((value, i) => {
      data[position(c, i)] = levelOf(value, best, INT8);
    });
    return best;
  });
  return { dtype: "int8", data: new Uint8Array(data.buffer), quantization: { scale, zeroPoint: 0, axis } };
}

function int4(weights: ChannelWeights, { clip, group }: WeightOnlySettings): StoredWeights {
  const { channels, depth, axis, position, values } = weights;
  const data = new Uint8Array(Math.ceil(values.length / 2));
  const scale: number[] = [];
  for (let c = 0; c < channels; c++) {
    for (let first = 0; first < depth; first += group) {
      const run = Float32Array.from({ length: Math.min(group, depth - first) }, (_, i) => {
        return values[position(c, first + i)] as number;
      });
      const largest = largestOf(run);
      const tried = (clip === "mse" ? DIVISORS : [INT4.high]).map((divisor) => toBfloat16(largest / divisor));
      const best = bestScale(run, INT4, tried);
      scale.push(best);
      run.forEach((value, i) => {
        putNibble(data, position(c, first + i), levelOf(value, best, INT4));
      });
    }
  }
  return { dtype: "int4", data, quantization: { scale, zeroPoint: 0, axis, group } };
}

/** Element `i` of 4-bit data, which is 0 so far, becomes the low half of `code`. */
export function putNibble(data: Uint8Array, i: number, code: number): void {
  data[i >> 1] = (data[i >> 1] as number) | ((code & 15) << (4 * (i & 1)));
}

/** As float32, and normal; 1 for channels of zeros. */
function toScale(scale: number): number {
  return scale === 0 ? 1 : Math.max(Math.fround(scale), 2 ** -126);
}
