import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeClip: QuantizeRule = { runs: "int8", activations: "own" };
