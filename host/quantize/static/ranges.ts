import { CalibrationError, QbinError } from "../../core/errors.js";
import type { ModelData } from "../../core/model.js";
import type { QuantizationParams } from "../../core/quantization.js";
import type { Calibration } from "../calibrate.js";
import type { Calibrator } from "../calibrators/calibrator.js";
import type { Group } from "../groups.js";
import { emptyObservation, mergeObservations, type Observation, observe } from "../observation.js";
import { activationParams, type Range, type Scheme } from "../scheme.js";
import { floatsOf } from "../weights.js";

/** What a group of tensors was found to need. */
export interface GroupRange {
  /** Absent where an op prescribes the parameters. */
  readonly range?: Range;
  readonly params: QuantizationParams;
}

/**
 * Range, scale and zero point of a group of tensors.
 *
 * @throws CalibrationError naming a tensor that was not observed, or whose values were all 0
 */
export function rangeOf(
  graph: ModelData,
  { sources, fixed }: Group,
  calibration: Calibration,
  calibrator: Calibrator,
  scheme: Scheme,
): GroupRange {
  if (fixed) return { params: fixed };
  const who = `tensor "${graph.tensors[sources[0] as number]?.name}"`;
  const observation = mergeObservations(
    sources.map((index) => observationOf(graph, index, calibration)) as [Observation, ...Observation[]],
  );
  const { min, max, samples } = observation;
  if (min === 0 && max === 0) {
    throw new CalibrationError(
      `${who} is 0 in all ${samples} samples, so it has no range. Give samples like those in use, or keep the node that makes it in float32`,
    );
  }
  const params = (range: Range) => activationParams(range, scheme);
  try {
    const range = calibrator(observation, params);
    return { range, params: params(range) };
  } catch (error) {
    if (error instanceof QbinError) throw new CalibrationError(`${who}: ${error.message}`);
    throw error;
  }
}

function observationOf(graph: ModelData, index: number, calibration: Calibration): Observation {
  const tensor = graph.tensors[index] as ModelData["tensors"][number];
  if (tensor.data) {
    const constant = emptyObservation(1);
    if (observe(constant, floatsOf(tensor), 1) === undefined) return constant;
    throw new CalibrationError(`constant "${tensor.name}" has values that are not finite`);
  }
  const seen = calibration.tensors.get(tensor.name);
  if (seen) return seen;
  throw new CalibrationError(`tensor "${tensor.name}" was not seen in calibration; it is of another model`);
}
