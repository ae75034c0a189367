import { COMPUTED_TYPES } from "../../core/dtype.js";
import { defineOp, need } from "../../core/op.js";

/** Of stored values: scales and zero points are not looked at. The output's dtype says to what. */
export const cast = defineOp({
  name: "cast",
  code: 42,
  summary: "Stored values as elements of another type",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: COMPUTED_TYPES.flatMap((from) => COMPUTED_TYPES.map((to) => `${from} -> ${to}`)),
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
