import { defineOp, need } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { hardSwishConstants } from "../../core/requantize.js";

export const hardSwish = defineOp({
  name: "hard_swish",
  code: 12,
  summary: "x · relu6(x + 3) / 6",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {},
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(inputs, _attributes, outputs, numerics) {
    if (numerics !== "onnx") checkScales([...inputs, ...outputs], (x, y) => hardSwishConstants(x.scale, y.scale));
  },
});
