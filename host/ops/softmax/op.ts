import { defineOp, need, unsignedSchema } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { softmaxFactor } from "../../core/requantize.js";

/**
 * Along the last axis.
 *
 * int8: y = clamp(rha(p) + zp_out). `unsigned`: y = min(trunc(f(p + 0.5)), 255) − 128, the output zero point ignored.
 */
export const softmax = defineOp({
  name: "softmax",
  code: 15,
  summary: "exp(beta · x) over its sum along the last axis",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { beta: { kind: "float", min: 0, max: 1e6 }, unsigned: unsignedSchema },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["tflite"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(inputs, { beta }) {
    checkScales(inputs, (x) => softmaxFactor(x.scale, beta));
  },
});
