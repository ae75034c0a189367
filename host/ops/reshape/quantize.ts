import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeReshape: QuantizeRule = { runs: "int8", activations: "shared" };
