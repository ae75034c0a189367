import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { leakyReluTable } from "../../core/tables.js";
import type { leakyRelu } from "./op.js";

/** (23) in "xnnpack", (24) in "tflite", (62) in "onnx"; float32: (47). */
export const referenceLeakyRelu: Reference<AttributesOf<typeof leakyRelu>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  if (isFloat(output)) {
    const alpha = Math.fround(call.attributes.alpha);
    return mapFloat(call, (x) => (x >= 0 ? x : Math.fround(alpha * x)));
  }
  const { alpha, kernels } = call.attributes;
  return lookUp(call, leakyReluTable(affineOf(input), affineOf(output), alpha, call.numerics, kernels));
};
