import { checkKernels } from "../../core/numerics.js";
import { defineOp, kernelsSchema, need } from "../../core/op.js";

/** `kernels` "reference": the quotient is rounded to float32 before it is rounded to an integer. */
export const quantize = defineOp({
  name: "quantize",
  code: 16,
  summary: "float32 to int8 or uint8",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { "kernels?": kernelsSchema("reference") },
  types: ["float32 -> int8", "float32 -> uint8", "float32 -> int16"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(_inputs, { kernels }, outputs, numerics) {
    checkKernels(kernels, numerics, outputs[0]?.dtype !== "int16", "int8 or uint8");
  },
});
