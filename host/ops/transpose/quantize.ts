import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeTranspose: QuantizeRule = { runs: "int8", activations: "shared" };
