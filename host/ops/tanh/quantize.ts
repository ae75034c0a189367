import { type QuantizeRule, SIGNED_UNIT_OUTPUT } from "../../core/quantize-rule.js";

export const quantizeTanh: QuantizeRule = { runs: "int8", activations: "own", output: SIGNED_UNIT_OUTPUT };
