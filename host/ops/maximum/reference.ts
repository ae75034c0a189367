import { mapPairs } from "../../core/elementwise.js";
import type { Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { maximum } from "./op.js";

/** (61). */
export const referenceMaximum: Reference<AttributesOf<typeof maximum>> = (call) => mapPairs(call, Math.max);
