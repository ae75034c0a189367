import { defineOp, need } from "../../core/op.js";
import { UNARY } from "../../core/unary.js";

/** Element-wise. `gelu_tanh` is gelu's approximation by tanh; `round` rounds halves to even. */
export const unary = defineOp({
  name: "unary",
  code: 29,
  summary: "A function of one number: `function` says which",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { function: { kind: "enum", values: UNARY } },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
