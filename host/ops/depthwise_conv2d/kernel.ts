import type { AttributesOf } from "../../core/op.js";
import { planConvolution } from "../../wasm/conv.js";
import { type Convolution, isBounded } from "../../wasm/convolution.js";
import { planDepthwise } from "../../wasm/depthwise.js";
import { planFloatDepthwise } from "../../wasm/float-conv.js";
import type { Prepare } from "../../wasm/kernel.js";
import { rarePlans } from "../../wasm/rare.js";
import type { depthwiseConv2d } from "./op.js";

/**
 * With multiplier 1 the sliding depthwise kernel. Else, for the fixed-point rounding of numerics "tflite", and for outputs out
 * of all proportion, a
 * convolution whose groups are the input channels: weights [1, kH, kW, outC] are read with the channel innermost.
 */
export const prepareDepthwiseConv2d: Prepare<AttributesOf<typeof depthwiseConv2d>> = (call) => {
  const [input, weights, bias] = call.inputs;
  const output = call.outputs[0]!;
  const convolution: Convolution = {
    op: "depthwise_conv2d",
    input: input!,
    weights: weights!,
    bias,
    output,
    inputShape: input!.shape,
    outputShape: output.shape,
    kernel: [weights!.shape[1]!, weights!.shape[2]!],
    weightStride: { channel: 1, depth: output.shape[3]! },
    numerics: call.numerics,
    module: call.module,
    family: call.family,
    ...call.attributes,
    groups: input!.shape[3]!,
  };
  const isSum = output.dtype === "int32";
  if (isSum || call.attributes.mode === "dynamic-range") return rarePlans().planDynamicDepthwise(convolution);
  if (output.dtype === "int16") return rarePlans().planWideDepthwise(convolution);
  if (output.dtype === "float32") return planFloatDepthwise(convolution);
  const isPlain = output.shape[3] === input!.shape[3] && call.numerics !== "tflite";
  return isPlain && isBounded(convolution) ? planDepthwise(convolution) : planConvolution(convolution);
};
