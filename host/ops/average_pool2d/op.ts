import { countTaps, paddingSchema, requireSummable, strideSchema, windowOutput } from "../../core/geometry.js";
import { checkOnnxAverage } from "../../core/onnx.js";
import { activationSchema, defineOp, need, unsignedSchema } from "../../core/op.js";
import { checkScales, requireSameQuantization } from "../../core/quantization.js";
import { elementCount } from "../../core/shape.js";

/**
 * NHWC. Quantized input and output share scale and zero point, but in numerics "onnx".
 *
 * "tflite", with S the sum of the n valid taps: y = trunc((S + (S > 0 ? n >> 1 : −(n >> 1))) / n) on int8 values; `unsigned`:
 * S over the values + 128, y = ⌊(S + (n >> 1)) / n⌋ − 128. "onnx": the mean of real numbers, quantized; `unsigned`: as in add.
 */
export const averagePool2d = defineOp({
  name: "average_pool2d",
  code: 4,
  summary: "Mean over a sliding window; padded taps do not count",
  inputs: ["input"],
  outputs: ["output"],
  attributes: {
    filter: { kind: "ints", length: 2, min: 1, max: 65535 },
    stride: strideSchema,
    padding: paddingSchema,
    activation: activationSchema,
    unsigned: unsignedSchema,
  },
  types: ["int8 -> int8", "int16 -> int16", "float32 -> float32"],
  numerics: ["tflite", "onnx"],
  infer(inputs, { filter, stride, padding }) {
    const x = need(inputs, 0).shape;
    const [height, width] = windowOutput(x, { kernel: filter, stride, dilation: [1, 1], padding }, "average_pool2d");
    return [[x[0] as number, height, width, x[3] as number]];
  },
  verify(inputs, { filter }, outputs, numerics) {
    const { shape, dtype, quantization } = need(inputs, 0);
    const taps = elementCount(filter.map((size, i) => Math.min(size, shape[i + 1] as number)));
    if (numerics === "onnx") {
      checkScales(inputs, (x) => checkOnnxAverage(x, taps));
      return;
    }
    requireSameQuantization("average_pool2d", need(inputs, 0), outputs[0]);
    if (quantization) requireSummable(taps, dtype === "int16" ? 16 : 8);
  },
  taps(attributes, outputs) {
    return countTaps(attributes, need(outputs, 0).shape);
  },
});
