import { onnxMeanScale } from "../../core/onnx.js";
import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { meanMultiplier, meanScale, spatialMeanMultiplier } from "../../core/requantize.js";
import { MEAN_ARGS, MEAN_TFLITE_ARGS, REDUCE_ARGS } from "../../wasm/args.generated.js";
import { type NodePlan, type Prepare, type PrepareCall, type Step, step } from "../../wasm/kernel.js";
import { MEAN_BLOCK, planReduction } from "../../wasm/reduce.js";
import { isSpatialMean, type mean } from "./op.js";

type Call = PrepareCall<AttributesOf<typeof mean>>;

/** Float32 is one kernel; int8 sums into scratch first, then scales. */
export const prepareMean: Prepare<AttributesOf<typeof mean>> = (call) =>
  call.outputs[0]!.dtype === "float32" ? prepareFloat(call) : prepareInteger(call);

function prepareFloat({ inputs, attributes }: Call): NodePlan {
  const { args, tiles, count } = planReduction(inputs[0]!.shape, attributes.axes, 4);
  return {
    steps: (at) => [
      step("f32_mean", REDUCE_ARGS, { ...args, input: at.input(0), output: at.output(0), divisor: count }, tiles),
    ],
  };
}

function prepareInteger(call: Call): NodePlan {
  const { args, tiles, count, outputs } = planReduction(call.inputs[0]!.shape, call.attributes.axes, 1);
  const { offset, finish } = planMeans(call, count);
  const shift = call.attributes.unsigned ? 128 : 0;
  const start = Math.imul(count, shift) - offset;
  return {
    // The last vector of sums is read whole.
    sharedBytes: Math.ceil(outputs / 16) * 64,
    steps: (at) => [
      step("qs8_rsum", REDUCE_ARGS, { ...args, input: at.input(0), output: at.shared, start }, tiles),
      finish(at.shared, at.output(0), outputs),
    ],
  };
}

/** `offset` is subtracted from every sum, then `finish` makes means of them. */
function planMeans(call: Call, count: number) {
  const input = perTensor(call.inputs[0]!.quantization, "mean: the input");
  const output = perTensor(call.outputs[0]!.quantization, "mean: the output");
  const { unsigned } = call.attributes;
  const shift = unsigned ? 128 : 0;

  if (call.numerics === "onnx") {
    const scale = onnxMeanScale(input, output, count);
    // The kernel clamps to −128 + shift … 127 + shift before it rounds, and takes `shift` off: here that adds the zero point.
    const values = { scale, bias: 0, shift: -output.zeroPoint };
    return {
      offset: count * (input.zeroPoint + shift),
      finish: (sums: number, to: number, length: number): Step =>
        step("qs8_mean", MEAN_ARGS, { sums, output: to, length, ...values }, Math.ceil(length / MEAN_BLOCK)),
    };
  }
  if (call.numerics === "xnnpack") {
    const { scale, bias } = meanScale(input, output, count, unsigned);
    return {
      offset: 0,
      finish: (sums: number, to: number, length: number): Step =>
        step("qs8_mean", MEAN_ARGS, { sums, output: to, length, scale, bias, shift }, Math.ceil(length / MEAN_BLOCK)),
    };
  }

  const factor = isSpatialMean(call.inputs[0]!.shape, call.attributes)
    ? spatialMeanMultiplier(input, output, count, unsigned)
    : meanMultiplier(input, output, count, unsigned);
  const values = { multiplier: factor.multiplier, shift: factor.shift, bias: factor.bias - shift };
  return {
    offset: factor.offset,
    finish: (sums: number, to: number, length: number): Step =>
      step(
        "qs8_mean_tflite",
        MEAN_TFLITE_ARGS,
        { ...values, sums, output: to, length },
        Math.ceil(length / MEAN_BLOCK),
      ),
  };
}
