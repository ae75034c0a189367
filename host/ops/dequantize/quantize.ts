import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeDequantize: QuantizeRule = {
  runs: "float32",
  why: "it makes float32 of int8, and is put in by the quantizer",
};
