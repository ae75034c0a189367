import type { AttributesOf } from "../../core/op.js";
import { planConvolution } from "../../wasm/conv.js";
import type { Convolution } from "../../wasm/convolution.js";
import { planFloatConvolution } from "../../wasm/float-conv.js";
import type { Prepare } from "../../wasm/kernel.js";
import { rarePlans } from "../../wasm/rare.js";
import type { conv2d } from "./op.js";

export const prepareConv2d: Prepare<AttributesOf<typeof conv2d>> = (call) => {
  const [input, weights, bias] = call.inputs;
  const output = call.outputs[0]!;
  const k = weights!.shape[1]! * weights!.shape[2]! * weights!.shape[3]!;
  const convolution: Convolution = {
    op: "conv2d",
    input: input!,
    weights: weights!,
    bias,
    output,
    inputShape: input!.shape,
    outputShape: output.shape,
    kernel: [weights!.shape[1]!, weights!.shape[2]!],
    weightStride: { channel: k, depth: 1 },
    numerics: call.numerics,
    module: call.module,
    family: call.family,
    ...call.attributes,
  };
  const isSum = output.dtype === "int32";
  if (isSum || call.attributes.mode === "dynamic-range") return rarePlans().planDynamicConvolution(convolution);
  if (output.dtype === "int16") return rarePlans().planWideConvolution(convolution);
  return output.dtype === "float32" ? planFloatConvolution(convolution) : planConvolution(convolution);
};
