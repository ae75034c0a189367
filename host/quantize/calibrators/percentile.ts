import { ZERO_BIN } from "../histogram.js";
import type { Observation } from "../observation.js";
import type { Calibrator } from "./calibrator.js";

/** The share of values that lies inside the range by default: TensorRT's 99.99 %. */
export const DEFAULT_PERCENTILE = 99.99;

/** What is left when (100 − percent) / 2 percent of all values are cut off at either end. Good to the width of a bin. */
export function percentile(percent: number): Calibrator {
  return (observation) => {
    const { zeros, counts } = observation.histogram;
    const total = counts.reduce((sum, count) => sum + count, zeros);
    const tail = (total * (100 - percent)) / 200;
    return { min: 0 - endOf(observation, tail, -1), max: endOf(observation, tail, 1) };
  };
}

/** How far from zero the range has to go on one side, so that at most `tail` values lie beyond it. */
function endOf({ histogram, min, max }: Observation, tail: number, side: 1 | -1): number {
  const { counts, width } = histogram;
  const extreme = side === 1 ? Math.max(max, 0) : Math.max(-min, 0);
  let beyond = 0;
  for (let distance = ZERO_BIN - 1; distance >= 0; distance--) {
    beyond += counts[side === 1 ? ZERO_BIN + distance : ZERO_BIN - 1 - distance] as number;
    if (beyond > tail) return Math.min((distance + 1) * width, extreme);
  }
  return 0;
}
