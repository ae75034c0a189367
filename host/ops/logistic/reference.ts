import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { logisticf } from "../../core/exp.js";
import { logisticFixedTable } from "../../core/fixed-tables.js";
import type { AttributesOf } from "../../core/op.js";
import { logisticTable } from "../../core/tables.js";
import type { logistic } from "./op.js";

/** (21) in "xnnpack", (22) in "tflite", (125) in TFLite Micro, (62) in "onnx"; float32: (40). */
export const referenceLogistic: Reference<AttributesOf<typeof logistic>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  if (isFloat(output)) return mapFloat(call, logisticf);
  const [from, to] = [affineOf(input), affineOf(output)];
  const { unsigned, kernels } = call.attributes;
  return lookUp(call, kernels ? logisticFixedTable(from, to) : logisticTable(from, to, call.numerics, unsigned));
};
