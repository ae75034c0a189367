import { defineOp, need } from "../../core/op.js";
import { broadcastShape } from "../../core/shape.js";

/** Shapes broadcast as in NumPy. */
export const squaredDifference = defineOp({
  name: "squared_difference",
  code: 36,
  summary: "(a − b)², with broadcasting",
  inputs: ["a", "b"],
  outputs: ["output"],
  attributes: {},
  types: ["float32 float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [broadcastShape(need(inputs, 0).shape, need(inputs, 1).shape)];
  },
});
