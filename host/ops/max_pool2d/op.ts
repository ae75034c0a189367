import { countTaps, paddingSchema, strideSchema, windowOutput } from "../../core/geometry.js";
import { activationSchema, defineOp, need, unsignedSchema } from "../../core/op.js";
import { requireSameQuantization } from "../../core/quantization.js";

/**
 * NHWC. Quantized input and output share scale and zero point.
 *
 * `unsigned` changes the activation's clamp range in numerics "xnnpack" and nothing else.
 */
export const maxPool2d = defineOp({
  name: "max_pool2d",
  code: 5,
  summary: "Maximum over a sliding window; padded taps do not count",
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
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { filter, stride, padding }) {
    const x = need(inputs, 0).shape;
    const [height, width] = windowOutput(x, { kernel: filter, stride, dilation: [1, 1], padding }, "max_pool2d");
    return [[x[0] as number, height, width, x[3] as number]];
  },
  verify(inputs, _attributes, outputs) {
    requireSameQuantization("max_pool2d", need(inputs, 0), outputs[0]);
  },
  taps(attributes, outputs) {
    return countTaps(attributes, need(outputs, 0).shape);
  },
});
