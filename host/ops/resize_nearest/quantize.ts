import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeResizeNearest: QuantizeRule = { runs: "int8", activations: "shared" };
