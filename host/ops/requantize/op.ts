import { defineOp, need } from "../../core/op.js";

export const requantize = defineOp({
  name: "requantize",
  code: 18,
  summary: "Between int8 and uint8, or to other scales and zero points",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: ["int8 -> int8", "int8 -> uint8", "uint8 -> int8", "uint8 -> uint8"],
  numerics: ["xnnpack", "tflite"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
