import type { AttributesOf } from "../../core/op.js";
import { perTensor } from "../../core/quantization.js";
import { meanScale } from "../../core/requantize.js";
import { MEAN_ARGS, REDUCE_ARGS } from "../../wasm/args.generated.js";
import { type NodePlan, type Prepare, type PrepareCall, step } from "../../wasm/kernel.js";
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
function prepareSum({ inputs, outputs, attributes }: Call): NodePlan {
  const input = perTensor(inputs[0]!.quantization, "reduce: the input");
  const output = perTensor(outputs[0]!.quantization, "reduce: the output");
  const { args, tiles, count, outputs: length } = planReduction(inputs[0]!.shape, attributes.axes, 1);
  const values = { ...meanScale(input, output, count, false, "sum"), length, shift: 0 };
  return {
    // The last vector of sums is read whole.
    sharedBytes: Math.ceil(length / 16) * 64,
    steps: (at) => [
      step("qs8_rsum", REDUCE_ARGS, { ...args, input: at.input(0), output: at.shared }, tiles),
      step("qs8_mean", MEAN_ARGS, { ...values, sums: at.shared, output: at.output(0) }, Math.ceil(length / MEAN_BLOCK)),
    ],
  };
}
