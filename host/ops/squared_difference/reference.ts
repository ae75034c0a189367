import { mapPairs } from "../../core/elementwise.js";
import type { Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { squaredDifference } from "./op.js";

/** (61). */
export const referenceSquaredDifference: Reference<AttributesOf<typeof squaredDifference>> = (call) =>
  mapPairs(call, (a, b) => {
    const difference = Math.fround(a - b);
    return Math.fround(difference * difference);
  });
