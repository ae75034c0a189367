import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizeDiv: QuantizeRule = { runs: "float32", why: "a quotient has no int8 kernel" };
