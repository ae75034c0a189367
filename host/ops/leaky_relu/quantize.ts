import type { QuantizeRule } from "../../core/quantize-rule.js";

/** XNNPACK's factors have 8 bits; TensorFlow Lite's 31. */
export const quantizeLeakyRelu: QuantizeRule = { runs: "int8", activations: "own", numerics: ["tflite"] };
