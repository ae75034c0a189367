import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeSlice: QuantizeRule = { runs: "int8", activations: "shared" };
