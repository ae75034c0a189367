import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeFullyConnected: QuantizeRule = { runs: "int8", activations: "own", weights: true };
