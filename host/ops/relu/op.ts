import { defineOp, need } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { reluMultiplier } from "../../core/requantize.js";

export const relu = defineOp({
  name: "relu",
  code: 10,
  summary: "Clamps to the real range of the activation: relu, relu6 or relu_n1_to_1",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { activation: { kind: "enum", values: ["relu", "relu6", "relu_n1_to_1"] } },
  types: ["int8 -> int8", "int16 -> int16", "float32 -> float32"],
  numerics: ["tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(inputs, _attributes, outputs, numerics) {
    if (numerics !== "onnx") checkScales([...inputs, ...outputs], (x, y) => reluMultiplier(x.scale, y.scale));
  },
});
