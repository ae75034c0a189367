import { clampFloat } from "../../core/activation.js";
import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { quantizedFunctionTable } from "../../core/tables.js";
import { clipRange } from "../../core/unary.js";
import type { clip } from "./op.js";

/** Float32: (42). int8: (62). */
export const referenceClip: Reference<AttributesOf<typeof clip>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { min, max } = clipRange(call.attributes);
  const compute = (x: number) => clampFloat(x, min, max);
  if (isFloat(output)) return mapFloat(call, compute);
  return lookUp(call, quantizedFunctionTable(compute, affineOf(input), affineOf(output), call.numerics));
};
