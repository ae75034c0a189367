import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeRequantize: QuantizeRule = {
  runs: "float32",
  why: "it rescales int8, and is put in by the quantizer",
};
