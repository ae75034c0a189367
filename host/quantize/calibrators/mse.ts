import type { QuantizationParams } from "../../core/quantization.js";
import { ZERO_BIN } from "../histogram.js";
import type { Observation } from "../observation.js";
import type { Range } from "../scheme.js";
import type { Calibrator } from "./calibrator.js";

/** Each range that is tried is this share of the one before, down to less than a hundredth of the widest. */
const SHRINK = 31 / 32;
const NARROWEST = 1 / 128;

/**
 * The range with the least mean squared error: rounding costs s² / 12 for a value inside, saturation its squared
 * distance for one outside. First both ends are drawn in together, then each by itself.
 */
export const mse: Calibrator = (observation, params) => {
  const { min, max } = observation;
  let best: Range = { min, max };
  let least = squaredError(observation, params(best));
  const tryRange = (range: Range) => {
    if (Math.max(-range.min, range.max) <= 0) return;
    const error = squaredError(observation, params(range));
    if (error < least) [least, best] = [error, range];
  };
  for (let share = 1; share > NARROWEST; share *= SHRINK) tryRange({ min: min * share, max: max * share });
  const { max: end } = best;
  for (let share = 1; share > NARROWEST; share *= SHRINK) tryRange({ min: min * share, max: end });
  const { min: start } = best;
  for (let share = 1; share > NARROWEST; share *= SHRINK) tryRange({ min: start, max: max * share });
  return best;
};

/** Sum over all values that are not 0, which is exact. */
export function squaredError({ histogram }: Observation, { scale, zeroPoint }: QuantizationParams): number {
  const { counts, width } = histogram;
  const s = scale[0] as number;
  const [low, high] = [(-128 - zeroPoint) * s, (127 - zeroPoint) * s];
  const rounding = (s * s) / 12;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (count === 0) continue;
    const value = (i + 0.5 - ZERO_BIN) * width;
    const beyond = value > high ? value - high : value < low ? low - value : 0;
    sum += count * (beyond === 0 ? rounding : beyond * beyond);
  }
  return sum;
}
