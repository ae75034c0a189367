import type { AttributesOf } from "../../core/op.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planSum } from "../../wasm/sum.js";
import type { add } from "./op.js";

export const prepareAdd: Prepare<AttributesOf<typeof add>> = (call) => planSum("add", 1, call);
