import type { AttributesOf } from "../../core/op.js";
import { planExtremum } from "../../wasm/binary.js";
import type { Prepare } from "../../wasm/kernel.js";
import type { maximum } from "./op.js";

export const prepareMaximum: Prepare<AttributesOf<typeof maximum>> = (call) => planExtremum("maximum", call);
