import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeUnary: QuantizeRule = { runs: "int8", activations: "own" };
