import { clampFloat, clampRange } from "../../core/activation.js";
import { affineOf, lookUp, mapFloat, rescaled } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import { reluMultiplier } from "../../core/requantize.js";
import { reluTable } from "../../core/tables.js";
import type { relu } from "./op.js";

/** (25), in "onnx" (62); float32: (42). */
export const referenceRelu: Reference<AttributesOf<typeof relu>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { activation } = call.attributes;
  if (isFloat(output)) {
    const { min, max } = activationRange(activation);
    return mapFloat(call, (x) => clampFloat(x, min, max));
  }
  if (output.dtype === "int16") {
    const [from, to] = [affineOf(input).scale, affineOf(output).scale];
    return rescaled(call, reluMultiplier(from, to), clampRange(activation, output.quantization, "tflite", false, 16));
  }
  return lookUp(call, reluTable(affineOf(input), affineOf(output), activation, call.numerics));
};
