import { inputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { reshape } from "./op.js";

/** (37). */
export const referenceReshape: Reference<AttributesOf<typeof reshape>> = (call) => [inputOf(call, 0).data.slice()];
