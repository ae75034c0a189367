import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizePrelu: QuantizeRule = { runs: "int8", activations: "own" };
