import { arithmeticOf } from "../../core/numerics.js";
import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { type MeanMultiplier, type MeanScale, meanScale, sumMultiplier } from "../../core/requantize.js";
import { MEAN_ARGS, MEAN_TFLITE_ARGS, REDUCE_ARGS } from "../../wasm/args.generated.js";
import { type NodePlan, type Prepare, type PrepareCall, type Step, step } from "../../wasm/kernel.js";
import { MEAN_BLOCK, planReduction } from "../../wasm/reduce.js";
import type { reduce } from "./op.js";

type Call = PrepareCall<AttributesOf<typeof reduce>>;

/** What f32_reduce computes, by position. */
const FUNCTIONS = ["max", "min", "prod"];

export const prepareReduce: Prepare<AttributesOf<typeof reduce>> = (call) => {
  const input = call.inputs[0]!;
  const { function: name, axes } = call.attributes;
  const isInt8 = input.dtype === "int8";
  if (isInt8 && name === "sum") return prepareSum(call);
  const { args, tiles } = planReduction(input.shape, axes, isInt8 ? 1 : 4);
  const values = { ...args, function: FUNCTIONS.indexOf(name), isInt8: isInt8 ? 1 : 0 };
  const kernel = name === "sum" ? "f32_mean" : "f32_reduce";
  return {
    steps: (at) => [step(kernel, REDUCE_ARGS, { ...values, input: at.input(0), output: at.output(0) }, tiles)],
  };
};

/** As a mean that is not divided. */
function prepareSum({ inputs, outputs, attributes, numerics }: Call): NodePlan {
  const input = perTensor(inputs[0]!.quantization, "reduce: the input");
  const output = perTensor(outputs[0]!.quantization, "reduce: the output");
  const { args, tiles, count, outputs: length } = planReduction(inputs[0]!.shape, attributes.axes, 1);
  const blocks = Math.ceil(length / MEAN_BLOCK);
  const { start, finish } =
    arithmeticOf("reduce", numerics) === "tflite"
      ? fixedSum(sumMultiplier(input, output, count), length, blocks)
      : floatSum(meanScale(input, output, count, false, "sum"), length, blocks);
  return {
    // The last vector of sums is read whole.
    sharedBytes: Math.ceil(length / 16) * 64,
    steps: (at) => [
      step("qs8_rsum", REDUCE_ARGS, { ...args, input: at.input(0), output: at.shared, start }, tiles),
      finish(at.shared, at.output(0)),
    ],
  };
}

type Finish = (sums: number, output: number) => Step;

function floatSum(scale: MeanScale, length: number, blocks: number): { start: number; finish: Finish } {
  const finish: Finish = (sums, output) =>
    step("qs8_mean", MEAN_ARGS, { ...scale, sums, output, length, shift: 0 }, blocks);
  return { start: 0, finish };
}

function fixedSum(factor: MeanMultiplier, length: number, blocks: number): { start: number; finish: Finish } {
  const { multiplier, shift, bias, offset } = factor;
  const finish: Finish = (sums, output) =>
    step("qs8_mean_tflite", MEAN_TFLITE_ARGS, { multiplier, shift, bias, sums, output, length }, blocks);
  return { start: -offset, finish };
}
