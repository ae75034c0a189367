import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeHardSwish: QuantizeRule = { runs: "int8", activations: "own" };
