import { UnsupportedOpError } from "../../core/errors.js";
import { type Candidate, dataInputs, isHybrid } from "./delegate.js";
import { sameParameters } from "./value.js";

const CONVERSIONS = ["QUANTIZE", "DEQUANTIZE"];
/** What TFLite Micro computes in int16 with other roundings than TFLite. */
const OTHER_INT16 = ["FULLY_CONNECTED", "RELU"];

/** Refuses what TFLite Micro cannot compute, or computes as qbin does not. */
export function refuseForMicro(candidate: Candidate): void {
  const { kind, outputs } = candidate;
  const types = [...dataInputs(candidate), ...outputs].map(({ type }) => type);
  const refuse = (what: string) => {
    throw new UnsupportedOpError("micro", `${what}; numerics "tflite" has it`);
  };
  if (isHybrid(candidate)) refuse("TFLite Micro has no float32 activations with int8 weights");
  if (types.includes("UINT8") && !CONVERSIONS.includes(kind)) refuse("TFLite Micro computes int8, and this is uint8");
  if (types.includes("INT16") && OTHER_INT16.includes(kind)) {
    refuse(`TFLite Micro rounds an int16 ${kind} as qbin does not`);
  }
  const [input, output] = [candidate.inputs[0], outputs[0]];
  if (kind === "RELU6" && input?.type === "INT8" && output && !sameParameters(input, output)) {
    refuse("TFLite Micro does not rescale in RELU6, and its input and output differ in scale or zero point");
  }
}
