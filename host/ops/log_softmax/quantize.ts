import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeLogSoftmax: QuantizeRule = { runs: "float32", why: "it has no int8 kernel" };
