import { ShapeError } from "../../core/errors.js";
import { FLOAT_ROWS } from "../../core/float-rows.js";
import { paddingSchema, strideSchema, windowOutput } from "../../core/geometry.js";
import { checkKernels } from "../../core/numerics.js";
import { activationSchema, defineOp, kernelsSchema, modeSchema, need, unsignedSchema } from "../../core/op.js";
import { checkConvScales } from "../../core/requantize.js";
import { elementCount, formatShape } from "../../core/shape.js";
import { checkWide } from "../../core/wide.js";

/**
 * Input NHWC, weights [outC, kH, kW, inC/groups], bias [outC], output NHWC.
 *
 * `unsigned`, numerics "tflite": d = (double) f(s_in · s_w) / s_out and MBQM (double rounding) instead of the int8
 * multiplier; numerics "xnnpack": only the activation's clamp range. Weights are int8, with a zero point that need not
 * be 0 (uint8 weights minus 128); acc = bias + Σ (x − zp_x)(w − zp_w). An int32 output, numerics "onnx", is acc itself.
 *
 * `kernels` "reference": MBQM instead of MBQM1, for int8.
 */
export const conv2d = defineOp({
  name: "conv2d",
  code: 1,
  summary: "2-D convolution with any kernel, stride, dilation, padding and groups; bias and activation fused",
  inputs: ["input", "weights", "bias?"],
  constantInputs: [1, 2],
  channelAxis: 0,
  outputs: ["output"],
  attributes: {
    stride: strideSchema,
    dilation: strideSchema,
    padding: paddingSchema,
    groups: { kind: "int", min: 1, max: 65535 },
    activation: activationSchema,
    unsigned: unsignedSchema,
    "mode?": modeSchema,
    "kernels?": kernelsSchema("reference"),
  },
  types: ["int8 int8 int32 -> int8", "int8 int8 int32 -> int32", "int16 int8 int64 -> int16", ...FLOAT_ROWS],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs, { stride, dilation, padding, groups }) {
    const x = need(inputs, 0).shape;
    const w = need(inputs, 1).shape;
    const bias = inputs[2]?.shape;
    if (w.length !== 4) throw new ShapeError(`weights ${formatShape(w)} must be [outC, kH, kW, inC/groups]`);
    const [outC, kH, kW, inC] = w as [number, number, number, number];
    const [height, width] = windowOutput(x, { kernel: [kH, kW], stride, dilation, padding }, "conv2d");
    if (x[3] !== inC * groups) {
      throw new ShapeError(
        `weights ${formatShape(w)} with ${groups} groups expect ${inC * groups} input channels, input has ${x[3]}`,
      );
    }
    if (outC % groups !== 0) throw new ShapeError(`${outC} output channels do not divide into ${groups} groups`);
    if (bias && (bias.length !== 1 || bias[0] !== outC)) {
      throw new ShapeError(`bias ${formatShape(bias)} must be [${outC}], one value per output channel`);
    }
    return [[x[0] as number, height, width, outC]];
  },
  verify(inputs, attributes, outputs, numerics) {
    const { kernels, unsigned } = attributes;
    checkKernels(kernels, numerics, outputs[0]?.dtype === "int8" && !unsigned, "int8 that was never uint8");
    if (outputs[0]?.dtype === "int16") checkWide("conv2d", inputs, outputs);
    else checkConvScales("conv2d", inputs, attributes, outputs, numerics);
  },
  macs(inputs, outputs) {
    const w = need(inputs, 1).shape;
    return elementCount(need(outputs, 0).shape) * (elementCount(w) / (w[0] as number));
  },
});
