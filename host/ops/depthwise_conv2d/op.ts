import { ShapeError } from "../../core/errors.js";
import { FLOAT_ROWS } from "../../core/float-rows.js";
import { paddingSchema, strideSchema, windowOutput } from "../../core/geometry.js";
import { activationSchema, defineOp, modeSchema, need, unsignedSchema } from "../../core/op.js";
import { checkConvScales } from "../../core/requantize.js";
import { elementCount, formatShape } from "../../core/shape.js";
import { checkWide } from "../../core/wide.js";

/**
 * Input NHWC, weights [1, kH, kW, outC], outC = inC · multiplier; output channel c reads input channel ⌊c / multiplier⌋.
 *
 * `unsigned`, numerics "tflite": d = (double) f(s_in · s_w) / s_out and MBQM (double rounding) instead of the int8
 * multiplier; numerics "xnnpack": only the activation's clamp range. Weights are int8, with a zero point that need not
 * be 0 (uint8 weights minus 128); acc = bias + Σ (x − zp_x)(w − zp_w). An int32 output, numerics "onnx", is acc itself.
 */
export const depthwiseConv2d = defineOp({
  name: "depthwise_conv2d",
  code: 2,
  summary:
    "Depthwise 2-D convolution with any multiplier, kernel, stride, dilation and padding; bias and activation fused",
  inputs: ["input", "weights", "bias?"],
  constantInputs: [1, 2],
  channelAxis: 3,
  outputs: ["output"],
  attributes: {
    stride: strideSchema,
    dilation: strideSchema,
    padding: paddingSchema,
    activation: activationSchema,
    unsigned: unsignedSchema,
    "mode?": modeSchema,
  },
  types: ["int8 int8 int32 -> int8", "int8 int8 int32 -> int32", "int16 int8 int64 -> int16", ...FLOAT_ROWS],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { stride, dilation, padding }) {
    const x = need(inputs, 0).shape;
    const w = need(inputs, 1).shape;
    const bias = inputs[2]?.shape;
    if (w.length !== 4 || w[0] !== 1) throw new ShapeError(`weights ${formatShape(w)} must be [1, kH, kW, outC]`);
    const [, kH, kW, outC] = w as [number, number, number, number];
    const [height, width] = windowOutput(x, { kernel: [kH, kW], stride, dilation, padding }, "depthwise_conv2d");
    if (outC % (x[3] as number) !== 0) {
      throw new ShapeError(`${outC} output channels are not a multiple of the input's ${x[3]}`);
    }
    if (bias && (bias.length !== 1 || bias[0] !== outC)) {
      throw new ShapeError(`bias ${formatShape(bias)} must be [${outC}], one value per output channel`);
    }
    return [[x[0] as number, height, width, outC]];
  },
  verify(inputs, attributes, outputs, numerics) {
    if (outputs[0]?.dtype === "int16") checkWide("depthwise_conv2d", inputs, outputs);
    else checkConvScales("depthwise_conv2d", inputs, attributes, outputs, numerics);
  },
  macs(inputs, outputs) {
    const w = need(inputs, 1).shape;
    return elementCount(need(outputs, 0).shape) * (w[1] as number) * (w[2] as number);
  },
});
