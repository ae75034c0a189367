import { mapPairs } from "../../core/elementwise.js";
import type { Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { minimum } from "./op.js";

/** (61). */
export const referenceMinimum: Reference<AttributesOf<typeof minimum>> = (call) => mapPairs(call, Math.min);
