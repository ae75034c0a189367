import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeElu: QuantizeRule = { runs: "int8", activations: "own" };
