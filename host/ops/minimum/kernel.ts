import type { AttributesOf } from "../../core/op.js";
import { planExtremum } from "../../wasm/binary.js";
import type { Prepare } from "../../wasm/kernel.js";
import type { minimum } from "./op.js";

export const prepareMinimum: Prepare<AttributesOf<typeof minimum>> = (call) => planExtremum("minimum", call);
