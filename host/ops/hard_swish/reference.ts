import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { hardSwishf, hardSwishTable } from "../../core/tables.js";
import type { hardSwish } from "./op.js";

/** (26), in "onnx" (62); float32: (48). */
export const referenceHardSwish: Reference<AttributesOf<typeof hardSwish>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  if (isFloat(output)) return mapFloat(call, hardSwishf);
  return lookUp(call, hardSwishTable(affineOf(input), affineOf(output), call.numerics));
};
