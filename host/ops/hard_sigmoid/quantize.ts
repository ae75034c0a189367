import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeHardSigmoid: QuantizeRule = { runs: "int8", activations: "own" };
