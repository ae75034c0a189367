import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { quantizedFunctionTable } from "../../core/tables.js";
import { hardSigmoidf } from "../../core/unary.js";
import type { hardSigmoid } from "./op.js";

/** Float32: (60). int8: (62). */
export const referenceHardSigmoid: Reference<AttributesOf<typeof hardSigmoid>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { alpha, beta } = call.attributes;
  const compute = (x: number) => hardSigmoidf(x, alpha, beta);
  if (isFloat(output)) return mapFloat(call, compute);
  return lookUp(call, quantizedFunctionTable(compute, affineOf(input), affineOf(output), call.numerics));
};
