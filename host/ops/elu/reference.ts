import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { quantizedFunctionTable } from "../../core/tables.js";
import { eluf } from "../../core/unary.js";
import type { elu } from "./op.js";

/** Float32: (59). int8: (21) in "xnnpack", (22) in "tflite", (62) in "onnx". */
export const referenceElu: Reference<AttributesOf<typeof elu>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const alpha = Math.fround(call.attributes.alpha);
  const compute = (x: number) => eluf(x, alpha);
  if (isFloat(output)) return mapFloat(call, compute);
  return lookUp(call, quantizedFunctionTable(compute, affineOf(input), affineOf(output), call.numerics));
};
