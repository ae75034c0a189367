import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizePad: QuantizeRule = { runs: "int8", activations: "shared" };
