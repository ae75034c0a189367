import type { Calibrator } from "./calibrator.js";

/** All that was seen: nothing saturates, and one outlier costs everybody else resolution. */
export const minMax: Calibrator = ({ min, max }) => ({ min, max });
