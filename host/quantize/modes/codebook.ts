import type { ModelData } from "../../core/model.js";
import { CODEBOOK_SIZE } from "../../core/quantization.js";
import { cancelErrors } from "./cancelling.js";
import type { ModeResult } from "./mode.js";
import { largestOf, toBfloat16 } from "./scale-search.js";
import { type ChannelWeights, notFinite, putNibbles, type StoredWeights, storeWeights } from "./store-weights.js";
import { int8, SHALLOW, type WeightOnlySettings } from "./weight-only.js";

/** How weights become indices; `group` and `rounding` as for 4 bits. */
export type CodebookSettings = Pick<WeightOnlySettings, "group" | "rounding">;

/** Lloyd's steps; the error changes by less than a thousandth after a dozen. */
const ROUNDS = 40;

/**
 * Stores weights as 4-bit indices into 16 values of the tensor's own: k-means centres of its weights over their scale, the largest
 * of each group. The start is fixed, so the same weights give the same file. Layers with few weights in a channel are
 * stored as int8.
 */
export function codebook(graph: ModelData, wanted: ReadonlySet<string>, settings: CodebookSettings): ModeResult {
  return storeWeights(graph, wanted, (weights) => {
    return notFinite(weights.values) ?? (weights.depth < SHALLOW ? int8(weights, "mse") : uint4(weights, settings));
  });
}

function uint4(weights: ChannelWeights, { group: wanted, rounding }: CodebookSettings): StoredWeights {
  const { channels, depth, axis, period, position, values } = weights;
  const group = Math.min(wanted, depth);
  const scale: number[] = [];
  const scales = new Float64Array(channels * depth);
  const normal = new Float64Array(channels * depth);
  for (let c = 0; c < channels; c++) {
    const channel = weights.channel(c);
    for (let first = 0; first < depth; first += group) {
      const run = channel.subarray(first, first + group);
      const s = toBfloat16(largestOf(run));
      scale.push(s);
      scales.fill(s, c * depth + first, c * depth + Math.min(first + group, depth));
      run.forEach((value, i) => {
        normal[c * depth + first + i] = value / s;
      });
    }
  }
  const centres = kMeans(normal, scales);
  const levels = { nearest: (x: number) => nearest(centres, x), multiple: (k: number) => centres[k] as number };
  const data = new Uint8Array(Math.ceil(values.length / 2));
  for (let c = 0; c < channels; c++) {
    const own = scales.subarray(c * depth, (c + 1) * depth);
    const chosen = cancelErrors(weights.channel(c), own, levels, period, rounding === "nearest" ? 0 : undefined);
    putNibbles(data, chosen, (i) => position(c, i));
  }
  return { dtype: "uint4", data, quantization: { scale, zeroPoint: 0, axis, group, codebook: centres } };
}

/** 16 ascending float32 numbers with a small Σ (scale · (value − nearest))². */
function kMeans(values: Float64Array, scales: Float64Array): number[] {
  const sorted = values.toSorted();
  const last = sorted.length - 1;
  const [low, high] = [sorted[0] as number, sorted[last] as number];
  // Halfway between quantiles, which leave the tails alone, and even steps, which leave the middle coarse.
  let centres = Array.from({ length: CODEBOOK_SIZE }, (_, i) => {
    const share = (i + 0.5) / CODEBOOK_SIZE;
    return ((sorted[Math.round(last * share)] as number) + low + (high - low) * share) / 2;
  });
  for (let round = 0; round < ROUNDS; round++) {
    const sum = new Float64Array(CODEBOOK_SIZE);
    const total = new Float64Array(CODEBOOK_SIZE);
    values.forEach((value, i) => {
      const k = nearest(centres, value);
      const weight = (scales[i] as number) ** 2;
      sum[k]! += weight * value;
      total[k]! += weight;
    });
    centres = centres.map((centre, k) => (total[k] ? (sum[k] as number) / (total[k] as number) : centre));
  }
  return centres.map(Math.fround);
}

/** Index of the centre nearest to `value`, of two the first. `centres` ascend. */
function nearest(centres: readonly number[], value: number): number {
  let best = 0;
  for (let k = 1; k < centres.length; k++) {
    if (Math.abs((centres[k] as number) - value) < Math.abs((centres[best] as number) - value)) best = k;
  }
  return best;
}
