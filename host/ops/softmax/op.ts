import { defineOp, need } from "../../core/op.js";

export const softmax = defineOp({
  name: "softmax",
  code: 15,
  summary: "exp(beta · x) over its sum along the last axis",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { beta: { kind: "float", min: 0, max: 1e6 } },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["tflite"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
