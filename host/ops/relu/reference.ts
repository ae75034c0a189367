import { clampFloat } from "../../core/activation.js";
import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { requireTflite } from "../../core/numerics.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import { reluTable } from "../../core/tables.js";
import type { relu } from "./op.js";

/** (25); float32: (42). */
export const referenceRelu: Reference<AttributesOf<typeof relu>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { activation } = call.attributes;
  if (isFloat(output)) {
    const { min, max } = activationRange(activation);
    return mapFloat(call, (x) => clampFloat(x, min, max));
  }
  requireTflite("relu", call.numerics);
  return lookUp(call, reluTable(affineOf(input), affineOf(output), activation));
};
