import { activationSchema, defineOp, need } from "../../core/op.js";
import { broadcastShape } from "../../core/shape.js";

/** Shapes broadcast as in NumPy. */
export const div = defineOp({
  name: "div",
  code: 33,
  summary: "Element-wise quotient with broadcasting; activation fused",
  inputs: ["a", "b"],
  outputs: ["output"],
  attributes: { activation: activationSchema },
  types: ["float32 float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [broadcastShape(need(inputs, 0).shape, need(inputs, 1).shape)];
  },
});
