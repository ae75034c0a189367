import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { logisticf } from "../../core/exp.js";
import type { AttributesOf } from "../../core/op.js";
import { logisticTable } from "../../core/tables.js";
import type { logistic } from "./op.js";

/** (21) in "xnnpack", (22) in "tflite", (62) in "onnx"; float32: (40). */
export const referenceLogistic: Reference<AttributesOf<typeof logistic>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  if (isFloat(output)) return mapFloat(call, logisticf);
  return lookUp(call, logisticTable(affineOf(input), affineOf(output), call.numerics, call.attributes.unsigned));
};
