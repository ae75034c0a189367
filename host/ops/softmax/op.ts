import { QuantizationError, ShapeError } from "../../core/errors.js";
import { checkKernels } from "../../core/numerics.js";
import { defineOp, kernelsSchema, need, unsignedSchema } from "../../core/op.js";
import { checkScales, type QuantizationParams } from "../../core/quantization.js";
import { fixedSoftmax, softmaxFactor } from "../../core/requantize.js";
import type { Shape } from "../../core/shape.js";

/** More values than that and the fixed-point sum could leave int32. */
const LONGEST_FIXED = 4095;

/**
 * Along the last axis.
 *
 * int8, "tflite": y = clamp(rha(p) + zp_out). `unsigned`: y = min(trunc(f(p + 0.5)), 255) − 128, the output zero point
 * ignored. "onnx" is the same either way.
 *
 * `kernels` "reference": gemmlowp's fixed point, for int8 and `unsigned` alike; the output is 1/256 · (q + 128), and rows have
 * at most 4095 values.
 */
export const softmax = defineOp({
  name: "softmax",
  code: 15,
  summary: "exp(beta · x) over its sum along the last axis",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {
    beta: { kind: "float", min: 0, max: 1e6 },
    unsigned: unsignedSchema,
    "kernels?": kernelsSchema("reference"),
  },
  types: ["int8 -> int8", "float32 -> float32"],
  numerics: ["tflite", "onnx"],
  infer(inputs) {
    return [need(inputs, 0).shape];
  },
  verify(inputs, { beta, kernels }, outputs, numerics) {
    checkKernels(kernels, numerics, outputs[0]?.dtype === "int8", "int8");
    if (kernels) checkFixed(need(inputs, 0).shape, outputs[0]?.quantization);
    checkScales(inputs, (x) => {
      if (kernels) fixedSoftmax(x.scale, beta);
      else if (numerics !== "onnx") softmaxFactor(x.scale, beta);
      else if (beta !== 1) throw new QuantizationError(`softmax: beta is ${beta}; in numerics "onnx" it must be 1`);
    });
  },
});

function checkFixed(shape: Shape, output: QuantizationParams | undefined): void {
  const length = shape.at(-1) ?? 1;
  if (length > LONGEST_FIXED) {
    throw new ShapeError(`rows of ${length}; the fixed point of kernels "reference" has at most ${LONGEST_FIXED}`);
  }
  const [scale, zeroPoint] = [output?.scale[0], output?.zeroPoint];
  if (scale !== 1 / 256 || zeroPoint !== -128) {
    throw new QuantizationError(
      `output scale ${scale} and zero point ${zeroPoint}; kernels "reference" has 1/256 and -128 alone`,
    );
  }
}
