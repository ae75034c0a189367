import { COMPUTED_TYPES, type ComputedType } from "../../core/dtype.js";
import { defineOp, need } from "../../core/op.js";

/** int16 is for activations alone, whose values mean nothing without their scale. */
export type CastType = Exclude<ComputedType, "int16">;
const CAST_TYPES = COMPUTED_TYPES.filter((type): type is CastType => type !== "int16");

/** Of stored values: scales and zero points are not looked at. The output's dtype says to what. */
export const cast = defineOp({
  name: "cast",
  code: 42,
  summary: "Stored values as elements of another type",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: CAST_TYPES.flatMap((from) => CAST_TYPES.map((to) => `${from} -> ${to}`)),
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
