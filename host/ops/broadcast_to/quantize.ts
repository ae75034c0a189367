import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeBroadcastTo: QuantizeRule = { runs: "int8", activations: "shared" };
