import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeConv2d: QuantizeRule = { runs: "int8", activations: "own", weights: true };
