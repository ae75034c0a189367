import { defineOp, need } from "../../core/op.js";

export const quantize = defineOp({
  name: "quantize",
  code: 16,
  summary: "float32 to int8 or uint8",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: ["float32 -> int8", "float32 -> uint8", "float32 -> int16"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
