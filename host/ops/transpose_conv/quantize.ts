import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeTransposeConv: QuantizeRule = { runs: "int8", activations: "own", weights: true };
