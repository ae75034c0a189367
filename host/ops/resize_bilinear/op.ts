import { ShapeError } from "../../core/errors.js";
import { checkKernels } from "../../core/numerics.js";
import { defineOp, kernelsSchema, need, unsignedSchema } from "../../core/op.js";
import { requireSameQuantization } from "../../core/quantization.js";
import { formatShape } from "../../core/shape.js";

/**
 * NHWC; `size` is [height, width] of the output.
 *
 * `unsigned`, numerics "tflite": float32 weights w00·tl + w01·tr + w10·bl + w11·br on the values + 128,
 * y = trunc(v + 0.5) − 128, instead of int8's 10-bit integers. Numerics "xnnpack" is the same either way.
 *
 * `kernels` "reference", for `unsigned`: each value is multiplied with one weight after the other.
 */
export const resizeBilinear = defineOp({
  name: "resize_bilinear",
  code: 25,
  summary: "Bilinear interpolation to another height and width",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {
    size: { kind: "ints", length: 2, min: 1, max: 65535 },
    alignCorners: { kind: "bool" },
    halfPixelCenters: { kind: "bool" },
    unsigned: unsignedSchema,
    "kernels?": kernelsSchema("reference"),
  },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite"],
  infer(inputs, { size }) {
    const x = need(inputs, 0).shape;
    if (x.length !== 4) throw new ShapeError(`input ${formatShape(x)} must have 4 dimensions, NHWC`);
    return [[x[0] as number, size[0] as number, size[1] as number, x[3] as number]];
  },
  verify(inputs, { unsigned, kernels }, outputs, numerics) {
    checkKernels(kernels, numerics, unsigned, "what was uint8");
    requireSameQuantization("resize_bilinear", need(inputs, 0), outputs[0]);
  },
});
