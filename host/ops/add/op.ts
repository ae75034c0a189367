import { checkOnnxSum } from "../../core/onnx.js";
import { activationSchema, defineOp, need, unsignedSchema } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { addConstants, addMultipliers, sumShift } from "../../core/requantize.js";
import { broadcastShape } from "../../core/shape.js";

/**
 * Shapes broadcast as in NumPy.
 *
 * `unsigned`, numerics "xnnpack": only the activation's clamp range; "onnx": the zero point is added before rounding, and
 * that of uint8 is 128 higher.
 */
export const add = defineOp({
  name: "add",
  code: 7,
  summary: "Element-wise sum with broadcasting; activation fused",
  inputs: ["a", "b"],
  outputs: ["output"],
  attributes: { activation: activationSchema, unsigned: unsignedSchema },
  types: ["int8 int8 -> int8", "int16 int16 -> int16", "float32 float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [broadcastShape(need(inputs, 0).shape, need(inputs, 1).shape)];
  },
  verify(inputs, _attributes, outputs, numerics) {
    checkScales([...inputs, ...outputs], (a, b, y) => {
      if (numerics === "onnx") checkOnnxSum(a, b);
      else if (numerics === "tflite") addMultipliers(a.scale, b.scale, y.scale, sumShift(outputs));
      else addConstants(a, b, y, 1);
    });
  },
});
