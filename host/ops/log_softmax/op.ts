import { defineOp, need } from "../../core/op.js";

/** Along the last axis. */
export const logSoftmax = defineOp({
  name: "log_softmax",
  code: 39,
  summary: "x minus the logarithm of the sum of exp(x) along the last axis",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: ["float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
