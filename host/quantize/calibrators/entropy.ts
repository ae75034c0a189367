import { logWide } from "../../core/log.js";
import { clamp } from "../../core/rounding.js";
import { ZERO_BIN } from "../histogram.js";
import type { Observation } from "../observation.js";
import type { Range } from "../scheme.js";
import type { Calibrator } from "./calibrator.js";

/** Thresholds below this many bins are not tried: int8 has as many steps on a side. */
const FEWEST_BINS = 128;
/** Bins between one threshold and the next. */
const STRIDE = 8;
/** Stands for a probability of 0 where the logarithm needs one. */
const TINY = 1e-12;

/**
 * The range [−t, t], within what was seen, whose quantized distribution loses least information: the t with the least
 * Kullback-Leibler divergence Σ P ln(P / Q). P is the histogram with everything beyond t moved into the outermost bins,
 * Q the histogram up to t, where all bins of one quantization step share their counts evenly. TensorRT's method (Migacz,
 * "8-bit inference with TensorRT", 2017), with the steps of the real scale and zero point.
 */
export const entropy: Calibrator = (observation, params) => {
  const { width } = observation.histogram;
  const { min, max } = observation;
  const used = Math.ceil(Math.max(-min, max) / width);
  let best: Range = { min, max };
  if (!(used > FEWEST_BINS)) return best;
  let least = Number.POSITIVE_INFINITY;
  // From the widest down, and only better ones are taken: where it makes no difference nothing is cut off.
  for (let bins = used; bins >= FEWEST_BINS; bins -= STRIDE) {
    const range = { min: Math.max(min, -bins * width), max: Math.min(max, bins * width) };
    const { scale, zeroPoint } = params(range);
    const loss = divergence(observation, bins, scale[0] as number, zeroPoint);
    if (loss < least) [least, best] = [loss, range];
  }
  return best;
};

/** Σ P ln(P / Q) for the threshold at `bins` bins from zero. */
function divergence({ histogram }: Observation, bins: number, scale: number, zeroPoint: number): number {
  const { counts, width, zeros } = histogram;
  const [first, end] = [Math.max(ZERO_BIN - bins, 0), Math.min(ZERO_BIN + bins, counts.length)];
  const level = (i: number) => clamp(Math.round(((i + 0.5 - ZERO_BIN) * width) / scale) + zeroPoint, -128, 127) + 128;
  const mass = new Float64Array(256);
  const filled = new Float64Array(256);
  let inside = zeros;
  for (let i = first; i < end; i++) {
    const count = counts[i] as number;
    if (count === 0) continue;
    mass[level(i)]! += count;
    filled[level(i)]!++;
    inside += count;
  }
  let [below, above] = [0, 0];
  for (let i = 0; i < first; i++) below += counts[i] as number;
  for (let i = end; i < counts.length; i++) above += counts[i] as number;
  const total = inside + below + above;
  // Real 0 is exact: its P is its Q, but for the share that was moved.
  let sum = zeros === 0 ? 0 : (zeros / total) * logWide(inside / total);
  for (let i = first; i < end; i++) {
    const moved = (i === first ? below : 0) + (i === end - 1 ? above : 0);
    const p = ((counts[i] as number) + moved) / total;
    if (p === 0) continue;
    const q = counts[i] === 0 ? 0 : (mass[level(i)] as number) / (filled[level(i)] as number) / inside;
    sum += p * logWide(p / Math.max(q, TINY));
  }
  return sum;
}
