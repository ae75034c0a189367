import { countValues, emptyHistogram, type Histogram, mergeHistogram } from "./histogram.js";

/**
 * Everything that was seen of one tensor over all samples; calibrators are functions of it. Its size does not depend on
 * the number of samples.
 */
export interface Observation {
  /** Smallest and largest value of all samples. */
  min: number;
  max: number;
  /** The same, averaged over samples: m ← m + momentum · (m_sample − m), starting with the first sample's. */
  averageMin: number;
  averageMax: number;
  samples: number;
  /** Values summed by index of the last axis, the channel: their means are what bias correction needs. */
  readonly channelSums: Float64Array;
  readonly histogram: Histogram;
}

export function emptyObservation(channels: number): Observation {
  const channelSums = new Float64Array(channels);
  return { min: 0, max: 0, averageMin: 0, averageMax: 0, samples: 0, channelSums, histogram: emptyHistogram() };
}

/**
 * Adds the values of one sample.
 *
 * @param momentum weight of a new sample in the moving averages
 * @returns the first value that is not finite, and then adds nothing
 */
export function observe(observation: Observation, values: Float32Array, momentum: number): number | undefined {
  const { min, max, allFinite } = scan(values);
  if (!allFinite) return values.find((value) => !Number.isFinite(value));
  countValues(observation.histogram, values, Math.max(-min, max));
  addChannels(observation.channelSums, values);
  const isFirst = observation.samples === 0;
  observation.min = isFirst ? min : Math.min(observation.min, min);
  observation.max = isFirst ? max : Math.max(observation.max, max);
  observation.averageMin = isFirst ? min : observation.averageMin + momentum * (min - observation.averageMin);
  observation.averageMax = isFirst ? max : observation.averageMax + momentum * (max - observation.averageMax);
  observation.samples++;
  return undefined;
}

/** One pass, in a function of its own: engines then keep all of it in registers. */
function scan(values: Float32Array): { min: number; max: number; allFinite: boolean } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let rest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
    // 0 for every finite value, NaN for all others.
    rest += value - value;
  }
  return { min, max, allFinite: rest === 0 };
}

function addChannels(sums: Float64Array, values: Float32Array): void {
  let c = 0;
  for (let i = 0; i < values.length; i++) {
    sums[c]! += values[i] as number;
    if (++c === sums.length) c = 0;
  }
}

/** Mean of each channel over all samples and positions. */
export function channelMeans({ channelSums, histogram }: Observation): Float64Array {
  const total = histogram.counts.reduce((sum, count) => sum + count, histogram.zeros);
  return channelSums.map((sum) => (sum * channelSums.length) / total);
}

/**
 * What would have been seen of all tensors as one: for those that share their quantization parameters. Their channels have
 * nothing to do with each other and are left out.
 */
export function mergeObservations(observations: readonly [Observation, ...Observation[]]): Observation {
  const [first] = observations;
  if (observations.length === 1) return first;
  const merged = emptyObservation(0);
  for (const one of observations) mergeHistogram(merged.histogram, one.histogram);
  const over = (pick: (...values: number[]) => number, value: (one: Observation) => number) =>
    pick(...observations.map(value));
  return {
    ...merged,
    min: over(Math.min, (one) => one.min),
    max: over(Math.max, (one) => one.max),
    averageMin: over(Math.min, (one) => one.averageMin),
    averageMax: over(Math.max, (one) => one.averageMax),
    samples: first.samples,
  };
}
