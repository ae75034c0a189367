import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeConcatenation: QuantizeRule = { runs: "int8", activations: "shared" };
