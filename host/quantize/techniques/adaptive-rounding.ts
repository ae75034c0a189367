import type { Tensor } from "../../core/model.js";
import { clamp, roundHalfEven } from "../../core/rounding.js";
import { channelsAlong, floatsOf, largestWeight } from "../weights.js";
import { inputChannelOf } from "./correct-bias.js";
import type { Patches } from "./patches.js";

/** Share of the mean diagonal that is added to it: what the samples do not show stays rounded to nearest. */
const RIDGE = 0.01;

/**
 * Chooses for every weight of a layer whether to round it down or up, so that the layer's outputs stay as they were rather
 * than its weights: minimizes, per output channel,
 *
 *     Σ over patches x of (x · (ŵ − w))² = dᵀ H d,   H = Σ x xᵀ,   d = ŵ − w                     (Q10)
 *
 * This is the objective of AdaRound (Nagel et al., "Up or down? Adaptive rounding for post-training quantization", 2020). That
 * paper relaxes the choice and follows gradients; here the choice that helps most is flipped until none helps. It starts
 * from nearest, never gets worse, needs no learning rate, and gives the same bits on every engine.
 */
export function roundAdaptively(
  weights: Tensor,
  axis: number,
  scale: readonly number[],
  bits: number,
  patches: Patches,
): Int8Array {
  const values = floatsOf(weights);
  const { channels, channelOf } = channelsAlong(weights.shape, axis);
  const inputOf = inputChannelOf(weights.shape, axis, patches.channels);
  const elements = Array.from({ length: channels }, (): number[] => []);
  for (let i = 0; i < values.length; i++) elements[channelOf(i)]?.push(i);
  const stored = new Int8Array(values.length);
  let gram: { readonly first: number; readonly matrix: Float64Array } | undefined;
  for (const [c, own] of elements.entries()) {
    const first = inputOf(own[0] as number);
    // Channels of one group read the same inputs.
    if (gram?.first !== first) {
      const columns = own.map((i, k) => tapOf(k, own.length, patches) * patches.channels + inputOf(i));
      gram = { first, matrix: gramOf(patches, columns) };
    }
    const s = scale[scale.length === 1 ? 0 : c] as number;
    const real = Float64Array.from(own, (i) => (values[i] as number) / s);
    search(real, gram.matrix, largestWeight(bits)).forEach((q, k) => {
      stored[own[k] as number] = q;
    });
  }
  return stored;
}

/** Which tap of the window the `k`-th of a channel's weights belongs to: they are in the order of taps, then channels. */
function tapOf(k: number, depth: number, { taps }: Patches): number {
  return Math.floor(k / (depth / taps));
}

/** H of (Q10) over the given columns of the patches, row by row, with a little on its diagonal. */
function gramOf({ rows, taps, channels, data }: Patches, columns: readonly number[]): Float64Array {
  const depth = columns.length;
  const matrix = new Float64Array(depth * depth);
  const row = new Float64Array(depth);
  for (let r = 0; r < rows; r++) {
    const start = r * taps * channels;
    for (let k = 0; k < depth; k++) row[k] = data[start + (columns[k] as number)] as number;
    for (let i = 0; i < depth; i++) {
      const x = row[i] as number;
      // Inputs behind a relu are mostly 0.
      if (x === 0) continue;
      const at = i * depth;
      for (let k = i; k < depth; k++) matrix[at + k]! += x * (row[k] as number);
    }
  }
  let trace = 0;
  for (let i = 0; i < depth; i++) trace += matrix[i * depth + i] as number;
  for (let i = 0; i < depth; i++) {
    matrix[i * depth + i]! += (RIDGE * trace) / depth;
    for (let k = 0; k < i; k++) matrix[i * depth + k] = matrix[k * depth + i] as number;
  }
  return matrix;
}

/**
 * Integers next to `real`, below or above, with a small dᵀ H d: descends by single flips from the nearest ones.
 *
 * @param gram depth × depth, symmetric
 */
export function search(real: Float64Array, gram: Float64Array, limit: number): Int8Array {
  const depth = real.length;
  const chosen = Int8Array.from(real, (value) => clamp(roundHalfEven(value), -limit, limit));
  // Where the other choice lies, 0 where there is none.
  const step = Int8Array.from(chosen, (q, k) => {
    const other = q + Math.sign((real[k] as number) - q);
    return Math.abs(other) <= limit ? other - q : 0;
  });
  const slope = new Float64Array(depth);
  for (let k = 0; k < depth; k++) addColumn(slope, gram, k, (chosen[k] as number) - (real[k] as number));
  // Each flip lowers a sum that is never negative; the bound is for rounding errors alone.
  for (let flips = 0; flips < 8 * depth; flips++) {
    let best = -1;
    let least = 0;
    for (let k = 0; k < depth; k++) {
      const change = step[k] as number;
      const gain = 2 * change * (slope[k] as number) + change * change * (gram[k * depth + k] as number);
      if (gain < least) {
        least = gain;
        best = k;
      }
    }
    if (best < 0) break;
    const change = step[best] as number;
    chosen[best]! += change;
    step[best] = -change;
    addColumn(slope, gram, best, change);
  }
  return chosen;
}

/** slope += change · H[·, k], that is its row k. */
function addColumn(slope: Float64Array, gram: Float64Array, k: number, change: number): void {
  const at = k * slope.length;
  for (let i = 0; i < slope.length; i++) slope[i]! += change * (gram[at + i] as number);
}
