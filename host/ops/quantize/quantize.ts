import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeQuantize: QuantizeRule = {
  runs: "float32",
  why: "it makes int8 of float32, and is put in by the quantizer",
};
