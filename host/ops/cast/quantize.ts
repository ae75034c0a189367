import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeCast: QuantizeRule = {
  runs: "float32",
  why: "it converts stored values, whatever they stand for",
};
