import { checkKernels } from "../../core/numerics.js";
import { defineOp, kernelsSchema, need } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { leakyMultipliers, leakyMultipliers8 } from "../../core/requantize.js";

export const leakyRelu = defineOp({
  name: "leaky_relu",
  code: 11,
  summary: "x where x ≥ 0, alpha · x elsewhere",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { alpha: { kind: "float", min: -1e6, max: 1e6 }, "kernels?": kernelsSchema("reference") },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(inputs, { alpha, kernels }, outputs, numerics) {
    checkKernels(kernels, numerics, outputs[0]?.dtype === "int8" && alpha < 0, "int8 with a negative slope");
    if (numerics === "onnx") return;
    const multipliers = numerics === "tflite" ? leakyMultipliers : leakyMultipliers8;
    checkScales([...inputs, ...outputs], (x, y) => multipliers(x.scale, y.scale, alpha));
  },
});
