import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeResizeBilinear: QuantizeRule = { runs: "int8", activations: "shared" };
