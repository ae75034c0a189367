import { reducedShape, requireSummable } from "../../core/geometry.js";
import { checkKernels } from "../../core/numerics.js";
import { onnxMeanScale } from "../../core/onnx.js";
import { defineOp, kernelsSchema, need, type TfliteKernels, unsignedSchema } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { meanMultiplier, meanScale, spatialMeanMultiplier } from "../../core/requantize.js";
import { elementCount, MAX_RANK, type Shape } from "../../core/shape.js";

/**
 * Axes are non-negative, ascending and distinct.
 *
 * `unsigned`: S = Σ (x + 128), both zero points + 128. In numerics "xnnpack" the float sums round differently, in
 * "tflite" the 4-D {1, 2} keepDims case does (its bias comes from the zero point); its other case is the same, and so is "onnx".
 *
 * `kernels` "reference": that other case for all axes.
 */
export const mean = defineOp({
  name: "mean",
  code: 6,
  summary: "Mean over the given axes, for example global average pooling",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {
    axes: { kind: "ints", min: 0, max: MAX_RANK - 1 },
    keepDims: { kind: "bool" },
    unsigned: unsignedSchema,
    "kernels?": kernelsSchema("reference"),
  },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { axes, keepDims }) {
    return [reducedShape(need(inputs, 0).shape, axes, keepDims)];
  },
  verify(inputs, { axes, keepDims, unsigned, kernels }, outputs, numerics) {
    checkKernels(kernels, numerics, outputs[0]?.dtype === "int8", "int8");
    const { shape } = need(inputs, 0);
    const count = elementCount(axes.map((axis) => shape[axis] as number));
    checkScales([...inputs, ...outputs], (x, y) => {
      requireSummable(count);
      if (numerics === "onnx") onnxMeanScale(x, y, count);
      else if (numerics === "xnnpack") meanScale(x, y, count, unsigned);
      else if (isSpatialMean(shape, { axes, keepDims, kernels })) spatialMeanMultiplier(x, y, count, unsigned);
      else meanMultiplier(x, y, count, unsigned);
    });
  },
});

/** The case of (18): height and width of a 4-D tensor, axes kept. The reference kernels do not have it. */
export function isSpatialMean(
  shape: Shape,
  { axes, keepDims, kernels }: { axes: readonly number[]; keepDims: boolean; kernels?: TfliteKernels | undefined },
): boolean {
  return kernels === undefined && keepDims && shape.length === 4 && `${axes}` === "1,2";
}
