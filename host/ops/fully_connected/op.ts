import { ShapeError } from "../../core/errors.js";
import { FLOAT_ROWS } from "../../core/float-rows.js";
import { checkKernels } from "../../core/numerics.js";
import { activationSchema, defineOp, kernelsSchema, modeSchema, need, unsignedSchema } from "../../core/op.js";
import { checkConvScales } from "../../core/requantize.js";
import { elementCount, formatShape } from "../../core/shape.js";
import { checkWide } from "../../core/wide.js";

/**
 * Input [..., inC], weights [outC, inC], bias [outC], output [..., outC].
 *
 * `unsigned`, numerics "tflite": d = (double) f(s_in · s_w) / s_out and MBQM (double rounding) instead of the int8
 * multiplier; numerics "xnnpack": only the activation's clamp range. Weights are int8, with a zero point that need not
 * be 0 (uint8 weights minus 128); acc = bias + Σ (x − zp_x)(w − zp_w). An int32 output, numerics "onnx", is acc itself.
 *
 * `kernels`, for int8: d is all double; "reference": rha(acc · d) in double; "micro": MBQM.
 */
export const fullyConnected = defineOp({
  name: "fully_connected",
  code: 3,
  summary: "Matrix product of every row of the input with constant weights; bias and activation fused",
  inputs: ["input", "weights", "bias?"],
  constantInputs: [1, 2],
  channelAxis: 0,
  outputs: ["output"],
  attributes: {
    activation: activationSchema,
    unsigned: unsignedSchema,
    "mode?": modeSchema,
    "kernels?": kernelsSchema("reference", "micro"),
  },
  types: ["int8 int8 int32 -> int8", "int8 int8 int32 -> int32", "int16 int8 int64 -> int16", ...FLOAT_ROWS],
  numerics: ["xnnpack", "tflite", "onnx"],
  infer(inputs) {
    const x = need(inputs, 0).shape;
    const w = need(inputs, 1).shape;
    const bias = inputs[2]?.shape;
    if (w.length !== 2) throw new ShapeError(`weights ${formatShape(w)} must be [outC, inC]`);
    const [outC, inC] = w as [number, number];
    if (x.length < 1 || x[x.length - 1] !== inC) {
      throw new ShapeError(`weights ${formatShape(w)} expect rows of ${inC}, input is ${formatShape(x)}`);
    }
    if (bias && (bias.length !== 1 || bias[0] !== outC)) {
      throw new ShapeError(`bias ${formatShape(bias)} must be [${outC}], one value per output channel`);
    }
    return [[...x.slice(0, -1), outC]];
  },
  verify(inputs, attributes, outputs, numerics) {
    const { kernels, unsigned } = attributes;
    checkKernels(kernels, numerics, outputs[0]?.dtype === "int8" && !unsigned, "int8 that was never uint8");
    if (outputs[0]?.dtype === "int16") checkWide("fully_connected", inputs, outputs);
    else checkConvScales("fully_connected", inputs, attributes, outputs, numerics);
  },
  macs(inputs, outputs) {
    return elementCount(need(outputs, 0).shape) * (need(inputs, 1).shape[1] as number);
  },
});
