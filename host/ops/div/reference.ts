import { clampFloat } from "../../core/activation.js";
import { mapPairs } from "../../core/elementwise.js";
import type { Reference } from "../../core/evaluate.js";
import { type AttributesOf, activationRange } from "../../core/op.js";
import type { div } from "./op.js";

/** (46). */
export const referenceDiv: Reference<AttributesOf<typeof div>> = (call) => {
  const { min, max } = activationRange(call.attributes.activation);
  return mapPairs(call, (a, b) => clampFloat(Math.fround(a / b), min, max));
};
