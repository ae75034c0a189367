import { defineOp, need } from "../../core/op.js";
import { requireSameQuantization } from "../../core/quantization.js";
import { broadcastShape } from "../../core/shape.js";

/** Shapes broadcast as in NumPy. NaN wins over every number, 0 is above −0. int8 compares stored values. */
export const maximum = defineOp({
  name: "maximum",
  code: 34,
  summary: "The larger of two elements, with broadcasting",
  inputs: ["a", "b"],
  outputs: ["output"],
  attributes: {},
  types: ["int8 int8 -> int8", "float32 float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [broadcastShape(need(inputs, 0).shape, need(inputs, 1).shape)];
  },
  verify(inputs, _attributes, outputs) {
    for (const input of inputs) if (input) requireSameQuantization("maximum", input, outputs[0]);
  },
});
