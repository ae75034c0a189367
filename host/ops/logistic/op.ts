import { defineOp, need } from "../../core/op.js";

export const logistic = defineOp({
  name: "logistic",
  code: 13,
  summary: "1 / (1 + exp(−x))",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
