import type { AttributesOf } from "../../core/op.js";
import { planFloatBinary } from "../../wasm/binary.js";
import type { Prepare } from "../../wasm/kernel.js";
import type { pow } from "./op.js";

export const preparePow: Prepare<AttributesOf<typeof pow>> = (call) => planFloatBinary("pow", call);
