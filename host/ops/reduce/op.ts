import { QuantizationError, UnsupportedOpError } from "../../core/errors.js";
import { reducedShape, requireSummable } from "../../core/geometry.js";
import { defineOp, need } from "../../core/op.js";
import { checkScales, requireSameQuantization } from "../../core/quantization.js";
import { meanScale, sumMultiplier } from "../../core/requantize.js";
import { elementCount, MAX_RANK } from "../../core/shape.js";

/** Axes are non-negative, ascending and distinct. int8 has no product. */
export const reduce = defineOp({
  name: "reduce",
  code: 40,
  summary: "Sum, maximum, minimum or product over the given axes",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {
    function: { kind: "enum", values: ["sum", "max", "min", "prod"] },
    axes: { kind: "ints", min: 0, max: MAX_RANK - 1 },
    keepDims: { kind: "bool" },
  },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { axes, keepDims }) {
    return [reducedShape(need(inputs, 0).shape, axes, keepDims)];
  },
  verify(inputs, { function: name, axes }, outputs, numerics) {
    const input = need(inputs, 0);
    if (input.dtype !== "int8") return;
    if (name === "max" || name === "min") {
      requireSameQuantization("reduce", input, outputs[0]);
      return;
    }
    if (name === "prod") throw new QuantizationError("reduce: the product is float32 alone; dequantize its input");
    if (numerics === "onnx") {
      const message = 'reduce: an int8 sum has no arithmetic in numerics "onnx"; use "xnnpack", "tflite" or float32';
      throw new UnsupportedOpError("unsupported-numerics", message);
    }
    const count = elementCount(axes.map((axis) => input.shape[axis] as number));
    checkScales([input, ...outputs], (x, y) => {
      requireSummable(count);
      if (numerics === "xnnpack") meanScale(x, y, count, false, "sum");
      else sumMultiplier(x, y, count);
    });
  },
});
