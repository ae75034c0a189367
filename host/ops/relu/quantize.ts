import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeRelu: QuantizeRule = { runs: "int8", activations: "own" };
