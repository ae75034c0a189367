import { checkOnnxSum } from "../../core/onnx.js";
import { activationSchema, defineOp, need, unsignedSchema } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { addConstants, addMultipliers, sumShift } from "../../core/requantize.js";
import { broadcastShape } from "../../core/shape.js";

/**
 * Shapes broadcast as in NumPy.
 *
 * `unsigned` changes the activation's clamp range in numerics "xnnpack" and nothing else.
 */
export const sub = defineOp({
  name: "sub",
  code: 8,
  summary: "Element-wise difference with broadcasting; activation fused",
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
      else addConstants(a, b, y, -1);
    });
  },
});
