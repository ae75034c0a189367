import { mapPairs } from "../../core/elementwise.js";
import type { Reference } from "../../core/evaluate.js";
import { powf } from "../../core/log.js";
import type { AttributesOf } from "../../core/op.js";
import type { pow } from "./op.js";

/** (54). */
export const referencePow: Reference<AttributesOf<typeof pow>> = (call) => mapPairs(call, powf);
