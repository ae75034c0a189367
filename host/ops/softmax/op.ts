import { QuantizationError } from "../../core/errors.js";
import { defineOp, need, unsignedSchema } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { softmaxFactor } from "../../core/requantize.js";

/**
 * Along the last axis.
 *
 * int8, "tflite": y = clamp(rha(p) + zp_out). `unsigned`: y = min(trunc(f(p + 0.5)), 255) − 128, the output zero point
 * ignored. "onnx" is the same either way.
 */
export const softmax = defineOp({
  name: "softmax",
  code: 15,
  summary: "exp(beta · x) over its sum along the last axis",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { beta: { kind: "float", min: 0, max: 1e6 }, unsigned: unsignedSchema },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(inputs, { beta }, _outputs, numerics) {
    checkScales(inputs, (x) => {
      if (numerics !== "onnx") softmaxFactor(x.scale, beta);
      else if (beta !== 1) throw new QuantizationError(`softmax: beta is ${beta}; in numerics "onnx" it must be 1`);
    });
  },
});
