import { defineOp, need } from "../../core/op.js";

export const tanh = defineOp({
  name: "tanh",
  code: 14,
  summary: "Hyperbolic tangent",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
