import { UsageError } from "../../core/errors.js";
import type { Calibrator } from "./calibrator.js";
import { entropy } from "./entropy.js";
import { minMax } from "./min-max.js";
import { movingAverage } from "./moving-average.js";
import { mse } from "./mse.js";
import { DEFAULT_PERCENTILE, percentile } from "./percentile.js";

/** Names of the calibrators. */
export const CALIBRATORS = ["min-max", "moving-average", "percentile", "entropy", "mse"] as const;

/** How ranges are chosen from what the calibration samples showed. */
export type CalibratorName = (typeof CALIBRATORS)[number];

/** The calibrator of this name. `percent` is for "percentile" alone: the share of values that must not saturate. */
export function calibratorOf(name: CalibratorName, percent: number = DEFAULT_PERCENTILE): Calibrator {
  switch (name) {
    case "min-max":
      return minMax;
    case "moving-average":
      return movingAverage;
    case "percentile":
      if (!(percent > 50 && percent <= 100)) {
        throw new UsageError(`percentile ${percent}: must be above 50 and at most 100`);
      }
      return percentile(percent);
    case "entropy":
      return entropy;
    case "mse":
      return mse;
    default:
      throw new UsageError(`there is no calibrator "${name}"; there are ${CALIBRATORS.join(", ")}`);
  }
}
