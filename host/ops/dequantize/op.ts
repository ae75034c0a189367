import { defineOp, need } from "../../core/op.js";

export const dequantize = defineOp({
  name: "dequantize",
  code: 17,
  summary: "int8 or uint8 to float32",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: ["int8 -> float32", "uint8 -> float32", "int16 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
