import { type AttributesOf, activationRange } from "../../core/op.js";
import { planFloatBinary } from "../../wasm/binary.js";
import type { Prepare } from "../../wasm/kernel.js";
import type { div } from "./op.js";

export const prepareDiv: Prepare<AttributesOf<typeof div>> = (call) =>
  planFloatBinary("div", call, activationRange(call.attributes.activation));
