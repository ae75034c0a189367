import type { ModelData } from "../../core/model.js";
import { cancelErrors } from "./cancelling.js";
import type { ModeResult } from "./mode.js";
import { bestScale, integerLevels, largestOf, toBfloat16 } from "./scale-search.js";
import { type ChannelWeights, notFinite, putNibbles, type StoredWeights, storeWeights } from "./store-weights.js";

/** How weights are rounded. */
export interface WeightOnlySettings {
  readonly bits: 8 | 4;
  /** "max": the largest weight is exact. "mse": the scale with the least squared error, which may clip some. */
  readonly clip: "max" | "mse";
  /** 4 bits: how many weights of a channel, in the tensor's order, share a scale. */
  readonly group: number;
  /** 4 bits: every weight to its nearest level, or so that errors cancel where inputs are alike. */
  readonly rounding: "nearest" | "cancelling";
}

/** What suits most models: int8 loses next to nothing whatever the settings. */
export const WEIGHT_ONLY_DEFAULTS = { clip: "mse", group: 32, rounding: "cancelling" } as const;

/**
 * Layers with fewer weights in a channel are stored in 8 bits where others have 4: the first convolution and depthwise ones, where
 * few errors can cancel and little is saved.
 */
export const SHALLOW = 32;

const INT8_LIMIT = 127;
/** Without −8: scales that gain by it clip the largest positive weights, and errors get a sign. */
const INT4_LIMIT = 7;
const INT8 = integerLevels(INT8_LIMIT);
const INT4 = integerLevels(INT4_LIMIT);

/** Shares of the largest weight that are tried as the largest representable one. */
const SHARES = Array.from({ length: 64 }, (_, i) => 1 - i / 128);

/**
 * Stores weights as integers and scales, symmetric: a scale per output channel for 8 bits, per group of a channel's weights for
 * 4. Activations and arithmetic stay float32, so there is nothing to calibrate.
 */
export function weightOnly(graph: ModelData, wanted: ReadonlySet<string>, settings: WeightOnlySettings): ModeResult {
  return storeWeights(graph, wanted, (weights) => {
    const has4 = settings.bits === 4 && weights.depth >= SHALLOW;
    return notFinite(weights.values) ?? (has4 ? int4(weights, settings) : int8(weights, settings.clip));
  });
}

/** A scale per output channel. */
export function int8(weights: ChannelWeights, clip: "max" | "mse"): StoredWeights {
  const { channels, axis, position, values } = weights;
  const data = new Int8Array(values.length);
  const scale = Array.from({ length: channels }, (_, c) => {
    const channel = weights.channel(c);
    const widest = largestOf(channel) / INT8_LIMIT;
    const tried = (clip === "mse" ? SHARES : [1]).map((share) => toScale(widest * share));
    const best = bestScale(channel, INT8, tried);
    channel.forEach((value, i) => {
      data[position(c, i)] = INT8.nearest(value / best);
    });
    return best;
  });
  return { dtype: "int8", data: new Uint8Array(data.buffer), quantization: { scale, zeroPoint: 0, axis } };
}

function int4(weights: ChannelWeights, { clip, group, rounding }: WeightOnlySettings): StoredWeights {
  const { channels, depth, axis, period, position, values } = weights;
  const data = new Uint8Array(Math.ceil(values.length / 2));
  const scale: number[] = [];
  for (let c = 0; c < channels; c++) {
    const channel = weights.channel(c);
    const scales = new Float64Array(depth);
    for (let first = 0; first < depth; first += group) {
      const run = channel.subarray(first, first + group);
      const widest = largestOf(run) / INT4_LIMIT;
      const tried = (clip === "mse" ? SHARES : [1]).map((share) => toBfloat16(widest * share));
      const best = bestScale(run, INT4, tried);
      scales.fill(best, first, first + group);
      scale.push(best);
    }
    const levels = cancelErrors(channel, scales, INT4, period, rounding === "nearest" ? 0 : undefined);
    putNibbles(data, levels, (i) => position(c, i));
  }
  return { dtype: "int4", data, quantization: { scale, zeroPoint: 0, axis, group } };
}

/** As float32, and normal; 1 for channels of zeros. */
function toScale(scale: number): number {
  return scale === 0 ? 1 : Math.max(Math.fround(scale), 2 ** -126);
}
