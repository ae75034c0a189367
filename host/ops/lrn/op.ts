import { defineOp, need } from "../../core/op.js";
import { MAX_FLOAT } from "../../core/quantization.js";
import { elementCount } from "../../core/shape.js";

const bounds = { kind: "float", min: -MAX_FLOAT, max: MAX_FLOAT } as const;

/**
 * Across channels, the last axis. The window of a channel has `before` channels before it and `after` behind it. `alpha`
 * multiplies the sum, not the mean.
 */
export const lrn = defineOp({
  name: "lrn",
  code: 44,
  summary: "Local response normalization: x / (bias + alpha · sum of squares of neighbouring channels)^beta",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {
    before: { kind: "int", min: 0, max: 65535 },
    after: { kind: "int", min: 0, max: 65535 },
    alpha: bounds,
    beta: bounds,
    bias: bounds,
  },
  types: ["float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  taps({ before, after }, outputs) {
    const { shape } = outputs[0] as { shape: readonly number[] };
    return elementCount(shape) * Math.min(before + after + 1, shape.at(-1) ?? 1);
  },
});
