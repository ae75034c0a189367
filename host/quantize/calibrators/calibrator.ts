import type { QuantizationParams } from "../../core/quantization.js";
import type { Observation } from "../observation.js";
import type { Range } from "../scheme.js";

/**
 * Chooses the range of a tensor from what was seen of it. A pure function; where it clips, values outside the range
 * saturate. `params` says which scale and zero point a range would get.
 */
export type Calibrator = (observation: Observation, params: (range: Range) => QuantizationParams) => Range;
