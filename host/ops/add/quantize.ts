import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeAdd: QuantizeRule = { runs: "int8", activations: "own" };
