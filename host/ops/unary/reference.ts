import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { unaryTable } from "../../core/tables.js";
import { UNARY_FUNCTIONS } from "../../core/unary.js";
import type { unary } from "./op.js";

/** Float32: (39), (52), (53), (55) to (58). int8: (22) in "tflite", where abs is (63); (62) in "onnx". */
export const referenceUnary: Reference<AttributesOf<typeof unary>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { function: name } = call.attributes;
  if (isFloat(output)) return mapFloat(call, UNARY_FUNCTIONS[name]);
  return lookUp(call, unaryTable(name, affineOf(input), affineOf(output), call.numerics));
};
