import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeMaximum: QuantizeRule = { runs: "int8", activations: "shared" };
