import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeSub: QuantizeRule = { runs: "int8", activations: "own" };
