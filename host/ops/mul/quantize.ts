import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeMul: QuantizeRule = { runs: "int8", activations: "own" };
