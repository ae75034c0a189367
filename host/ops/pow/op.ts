import { defineOp, need } from "../../core/op.js";
import { broadcastShape } from "../../core/shape.js";

/** Shapes broadcast as in NumPy. */
export const pow = defineOp({
  name: "pow",
  code: 37,
  summary: "a to the power of b, with broadcasting",
  inputs: ["a", "b"],
  outputs: ["output"],
  attributes: {},
  types: ["float32 float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [broadcastShape(need(inputs, 0).shape, need(inputs, 1).shape)];
  },
});
