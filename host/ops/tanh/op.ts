import { defineOp, need, unsignedSchema } from "../../core/op.js";

/**
 * Element-wise.
 *
 * `unsigned`, numerics "xnnpack": y = rne(clamp(f(f(g · f(1 / s_out)) + zp + 128), 0, 255)) − 128; the sum rounds
 * differently. Numerics "tflite" and "onnx" are the same either way.
 */
export const tanh = defineOp({
  name: "tanh",
  code: 14,
  summary: "Hyperbolic tangent",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { unsigned: unsignedSchema },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
