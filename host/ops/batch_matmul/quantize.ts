import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeBatchMatmul: QuantizeRule = {
  runs: "float32",
  why: "a product of two computed matrices has no int8 kernel",
};
