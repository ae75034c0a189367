import { fixedInput } from "../../core/fixed-tables.js";
import { checkKernels } from "../../core/numerics.js";
import { defineOp, kernelsSchema, need, unsignedSchema } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";

/**
 * Element-wise.
 *
 * `unsigned`, numerics "xnnpack": y = rne(clamp(f(f(g · f(1 / s_out)) + zp + 128), 0, 255)) − 128; the sum rounds
 * differently. Numerics "tflite" and "onnx" are the same either way.
 *
 * `kernels` "micro": gemmlowp's fixed point, for int8.
 */
export const logistic = defineOp({
  name: "logistic",
  code: 13,
  summary: "1 / (1 + exp(−x))",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { unsigned: unsignedSchema, "kernels?": kernelsSchema("micro") },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(inputs, { unsigned, kernels }, outputs, numerics) {
    checkKernels(kernels, numerics, outputs[0]?.dtype === "int8" && !unsigned, "int8 that was never uint8");
    if (kernels) checkScales(inputs, (x) => fixedInput(x.scale));
  },
});
