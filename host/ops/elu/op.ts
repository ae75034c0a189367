import { defineOp, need } from "../../core/op.js";
import { MAX_FLOAT } from "../../core/quantization.js";

export const elu = defineOp({
  name: "elu",
  code: 30,
  summary: "x where x ≥ 0, alpha · (exp(x) − 1) elsewhere",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { alpha: { kind: "float", min: -MAX_FLOAT, max: MAX_FLOAT } },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
