import { affineOf, scaled } from "../../core/elementwise.js";
import { allocate, inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { onnxMeanScale } from "../../core/onnx.js";
import type { AttributesOf } from "../../core/op.js";
import { meanMultiplier, meanScale, spatialMeanMultiplier } from "../../core/requantize.js";
import { clamp, roundHalfEven } from "../../core/rounding.js";
import { reductionOffsets } from "../../core/strided.js";
import { isSpatialMean, type mean } from "./op.js";

const f = Math.fround;

/** (17) in "xnnpack", (18) and (19) in "tflite", (19) alone for `kernels`, (105) in "onnx"; float32: (45). */
export const referenceMean: Reference<AttributesOf<typeof mean>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { axes, unsigned } = call.attributes;
  const { outputs, reduced } = reductionOffsets(input.shape, axes);
  const count = reduced.length;

  if (isFloat(output)) {
    const x = input.data as Float32Array;
    const average = (start: number) =>
      f(reduced.reduce((sum, offset) => f(sum + (x[start + offset] as number)), 0) / f(count));
    return [Float32Array.from(outputs, average)];
  }

  const x = input.data as Int8Array;
  const shift = unsigned ? 128 : 0;
  const total = (start: number) => reduced.reduce((sum, offset) => sum + (x[start + offset] as number) + shift, 0) | 0;
  const result = allocate(output) as Int8Array;
  const [a, b] = [affineOf(input), affineOf(output)];

  if (call.numerics === "onnx") {
    const scale = onnxMeanScale(a, b, count);
    const offset = count * (a.zeroPoint + shift);
    outputs.forEach((start, i) => {
      result[i] = clamp(roundHalfEven(f(f(total(start) - offset) * scale)) + b.zeroPoint, -128, 127);
    });
    return [result];
  }
  if (call.numerics === "xnnpack") {
    const { scale, bias } = meanScale(a, b, count, unsigned);
    outputs.forEach((start, i) => {
      const value = f(f(f(total(start)) * scale) + bias);
      result[i] = roundHalfEven(clamp(value, shift - 128, shift + 127)) - shift;
    });
    return [result];
  }

  const isSpatial = isSpatialMean(input.shape, call.attributes);
  const factor = isSpatial ? spatialMeanMultiplier(a, b, count, unsigned) : meanMultiplier(a, b, count, unsigned);
  outputs.forEach((start, i) => {
    result[i] = clamp(scaled((total(start) - factor.offset) | 0, factor) + factor.bias - shift, -128, 127);
  });
  return [result];
};
