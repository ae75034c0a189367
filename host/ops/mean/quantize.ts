import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeMean: QuantizeRule = { runs: "int8", activations: "own" };
