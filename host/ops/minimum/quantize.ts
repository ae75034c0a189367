import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeMinimum: QuantizeRule = { runs: "int8", activations: "shared" };
