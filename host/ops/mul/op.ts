import { checkOnnxProduct } from "../../core/onnx.js";
import { activationSchema, defineOp, need, unsignedSchema } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { mulScale } from "../../core/requantize.js";
import { quantizeMultiplier } from "../../core/rounding.js";
import { broadcastShape } from "../../core/shape.js";

/**
 * Shapes broadcast as in NumPy.
 *
 * `unsigned`, numerics "xnnpack": only the activation's clamp range; "onnx": the zero point is added before rounding, and
 * that of uint8 is 128 higher.
 */
export const mul = defineOp({
  name: "mul",
  code: 9,
  summary: "Element-wise product with broadcasting; activation fused",
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
      if (numerics === "onnx") {
        checkOnnxProduct(a, b);
        return;
      }
      const scale = mulScale(a.scale, b.scale, y.scale);
      if (numerics === "tflite") quantizeMultiplier(scale);
    });
  },
});
