import { defineOp, need } from "../../core/op.js";
import { MAX_FLOAT } from "../../core/quantization.js";

const bounds = { kind: "float", min: -MAX_FLOAT, max: MAX_FLOAT } as const;

export const hardSigmoid = defineOp({
  name: "hard_sigmoid",
  code: 31,
  summary: "alpha · x + beta, clamped to 0 … 1",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { alpha: bounds, beta: bounds },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
});
