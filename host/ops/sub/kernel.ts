import type { AttributesOf } from "../../core/op.js";
import type { Prepare } from "../../wasm/kernel.js";
import { planSum } from "../../wasm/sum.js";
import type { sub } from "./op.js";

export const prepareSub: Prepare<AttributesOf<typeof sub>> = (call) => planSum("sub", -1, call);
