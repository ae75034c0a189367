import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeGather: QuantizeRule = { runs: "int8", activations: "shared" };
