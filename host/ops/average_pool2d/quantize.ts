import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeAveragePool2d: QuantizeRule = { runs: "int8", activations: "shared" };
