import type { Calibrator } from "./calibrator.js";

/** Extremes averaged over samples, so that a single sample moves them little. */
export const movingAverage: Calibrator = ({ averageMin, averageMax }) => ({ min: averageMin, max: averageMax });
