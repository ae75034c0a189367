import type { QuantizeRule } from "../../core/quantize-rule.js";

export const quantizePow: QuantizeRule = { runs: "float32", why: "a power has no int8 kernel" };
