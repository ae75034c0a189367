import type { AttributesOf } from "../../core/op.js";
import { planFloatBinary } from "../../wasm/binary.js";
import type { Prepare } from "../../wasm/kernel.js";
import type { squaredDifference } from "./op.js";

export const prepareSquaredDifference: Prepare<AttributesOf<typeof squaredDifference>> = (call) =>
  planFloatBinary("squared_difference", call);
