import type { QuantizeRule } from "../../core/quantize-rule.js";

/** The order of values survives quantization; ties may not. The output is an index. */
export const quantizeArgMax: QuantizeRule = { runs: "int8", activations: "own" };
