import { type QuantizeRule, UNIT_OUTPUT } from "../../core/quantize-rule.js";

export const quantizeLogistic: QuantizeRule = { runs: "int8", activations: "own", output: UNIT_OUTPUT };
