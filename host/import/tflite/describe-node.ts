import { type Candidate, type Decision, dataInputs, isHybrid } from "./delegate.js";
import type { TfliteNumerics } from "./options.js";
import { isQuantized } from "./value.js";

/** Why an operator's node computes as it does: what the file has, and whose kernel it is. */
export function describeNode(candidate: Candidate, by: Decision | Exclude<TfliteNumerics, "xnnpack">): string {
  const quantized = [...dataInputs(candidate), ...candidate.outputs].find(isQuantized);
  const hybrid = isHybrid(candidate);
  const [first] = candidate.outputs;
  if (quantized === undefined && !hybrid) return `the file has it in ${first?.type.toLowerCase()}`;
  const what = hybrid
    ? "the file has float32 activations and 8-bit weights (hybrid)"
    : `the file has it in ${quantized?.type.toLowerCase()}`;
  return `${what}, ${kernel(by)}`;
}

function kernel(by: Decision | Exclude<TfliteNumerics, "xnnpack">): string {
  if (by === "tflite") return "with the results of TFLite's reference kernel";
  if (by === "tflite-micro") return "with the results of TFLite Micro";
  return by.delegated ? "and XNNPACK computes it" : `and TFLite's built-in kernel computes it: ${by.reason}`;
}
