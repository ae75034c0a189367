import type { ModelData } from "../../core/model.js";
import { CODEBOOK_SIZE } from "../../core/quantization.js";
import type { ModeResult } from "./mode.js";
import { largestOf, toBfloat16 } from "./scale-search.js";
import { type ChannelWeights, notFinite, type StoredWeights, storeWeights } from "./store-weights.js";
import { putNibble } from "./weight-only.js";

/** How codebooks are made. */
export interface CodebookSettings {
  /** How many weights of a channel, in the tensor's order, share a scale. Absent: all of them. */
  readonly group?: number;
}

/** Lloyd's steps; the error changes by less than a thousandth after a dozen. */
const ROUNDS = 40;

/**
 * Stores weights as 4-bit indices into 16 values of the tensor's own, k-means centres of its weights over their scale, which is
 * the largest weight of a channel or group. Starts from quantiles, so the same weights give the same file.
 */
export function codebook(graph: ModelData, wanted: ReadonlySet<string>, settings: CodebookSettings = {}): ModeResult {
  return storeWeights(graph, wanted, (weights) => notFinite(weights.values) ?? store(weights, settings));
}

function store(weights: ChannelWeights, settings: CodebookSettings): StoredWeights {
  const { channels, depth, axis, position, values } = weights;
  const group = Math.min(settings.group ?? depth, depth);
  const count = values.length;
  const scale: number[] = [];
  const normal = new Float64Array(count);
  // An error counts as what it is in the weight itself, that is times the scale.
  const importance = new Float64Array(count);
  for (let c = 0; c < channels; c++) {
    for (let first = 0; first < depth; first += group) {
      const at = Array.from({ length: Math.min(group, depth - first) }, (_, i) => position(c, first + i));
      const s = toBfloat16(largestOf(at.map((i) => values[i] as number)));
      scale.push(s);
      for (const i of at) {
        normal[i] = (values[i] as number) / s;
        importance[i] = s * s;
      }
    }
  }
  const centres = kMeans(normal, importance);
  const data = new Uint8Array(Math.ceil(count / 2));
  normal.forEach((value, i) => {
    putNibble(data, i, nearest(centres, value));
  });
  return { dtype: "uint4", data, quantization: { scale, zeroPoint: 0, axis, group, codebook: centres } };
}

/** 16 ascending float32 numbers with a small Σ importance · (value − nearest)². */
function kMeans(values: Float64Array, importance: Float64Array): number[] {
  const sorted = values.toSorted();
  const last = sorted.length - 1;
  let centres = Array.from({ length: CODEBOOK_SIZE }, (_, i) => {
    return sorted[Math.round((last * (i + 0.5)) / CODEBOOK_SIZE)] as number;
  });
  for (let round = 0; round < ROUNDS; round++) {
    const sum = new Float64Array(CODEBOOK_SIZE);
    const total = new Float64Array(CODEBOOK_SIZE);
    values.forEach((value, i) => {
      const k = nearest(centres, value);
      sum[k]! += (importance[i] as number) * value;
      total[k]! += importance[i] as number;
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
