import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeSplit: QuantizeRule = { runs: "int8", activations: "shared" };
