import { activationRange } from "../core/op.js";
import { FLOAT_CONV_ARGS } from "./args.generated.js";
import { type Convolution, isPointwise } from "./convolution.js";
import { packFloatDepthwise, packFloatPanels } from "./float-pack.js";
import { type Addresses, type NodePlan, step } from "./kernel.js";
import { rarePlans } from "./rare.js";
import { F32_CONV, F32_GEMV, pickVariant } from "./variants.js";

/** Up to this many rows a matrix product takes one row at a time: a tile of four would mostly repeat the last one. */
const FEW_ROWS = 2;

/** A float32 convolution, or a matrix product as a 1×1 convolution. */
export function planFloatConvolution(conv: Convolution): NodePlan {
  const plan = isPointwise(conv) ? flatten(conv) : conv;
  const [batch, outputHeight, outputWidth, outputChannels] = plan.outputShape as [number, number, number, number];
  const pixels = batch * outputHeight * outputWidth;
  const k = plan.kernel[0]! * plan.kernel[1]! * (plan.inputShape[3]! / plan.groups);
  const row = isPointwise(plan) && pixels <= FEW_ROWS ? pickVariant(F32_GEMV, plan) : undefined;
  const variant = row ?? pickVariant(F32_CONV, plan)!;
  const args = floatConvArgs(plan);
  if (conv.weights.dtype !== "float32") {
    return rarePlans().planStored(
      plan,
      k,
      variant.nr,
      row ? 2 : 1,
      (at, { firstGroup, groups, groupOut, firstChannel, weights }) => {
        const input = at.input(0) + 4 * firstGroup * args.groupIn;
        const output = at.output(0) + 4 * (firstGroup * args.groupOut + firstChannel);
        const tiles = row ? pixels * Math.ceil(groupOut / (2 * row.nr)) : pixels;
        return step(variant.kernel, FLOAT_CONV_ARGS, { ...args, groups, groupOut, input, output, weights }, tiles);
      },
    );
  }
  return {
    constants: [packFloatPanels(plan, k, variant.nr)],
    steps: (at) => [
      step(
        variant.kernel,
        FLOAT_CONV_ARGS,
        { ...args, input: at.input(0), output: at.output(0), weights: at.constant(0) },
        row ? pixels * Math.ceil(outputChannels / (2 * row.nr)) : pixels,
      ),
    ],
  };
}

/** A float32 depthwise convolution. With a multiplier it is a convolution whose groups are the input channels. */
export function planFloatDepthwise(conv: Convolution): NodePlan {
  const [batch, outputHeight, , outputChannels] = conv.outputShape as [number, number, number, number];
  if (outputChannels !== conv.inputShape[3]) return planFloatConvolution(conv);
  const args = floatConvArgs(conv);
  const compute = (at: Addresses, weights: number) =>
    step(
      "f32_dwconv",
      FLOAT_CONV_ARGS,
      { ...args, input: at.input(0), output: at.output(0), weights },
      batch * outputHeight,
    );
  if (conv.weights.dtype !== "float32") {
    // All channels are one panel: that is how the kernel reads them.
    const taps = conv.kernel[0]! * conv.kernel[1]!;
    return rarePlans().planStored({ ...conv, groups: 1 }, taps, outputChannels, 1, (at, { weights }) =>
      compute(at, weights),
    );
  }
  return { constants: [packFloatDepthwise(conv)], steps: (at) => [compute(at, at.constant(0))] };
}

/** All pixels in one row: tiles then never end at the border of an image. */
function flatten(conv: Convolution): Convolution {
  const row = ([batch, height, width, channels]: readonly number[]) => [1, 1, batch! * height! * width!, channels!];
  return { ...conv, inputShape: row(conv.inputShape), outputShape: row(conv.outputShape) };
}

function floatConvArgs(conv: Convolution) {
  const { inputShape, outputShape, kernel, stride, dilation, groups } = conv;
  const touches = groups === 1 && (dilation[1] === 1 || kernel[1] === 1);
  const groupIn = inputShape[3]! / groups;
  const range = activationRange(conv.activation);
  return {
    inputHeight: inputShape[1]!,
    inputWidth: inputShape[2]!,
    inputChannels: inputShape[3]!,
    outputHeight: outputShape[1]!,
    outputWidth: outputShape[2]!,
    outputChannels: outputShape[3]!,
    kernelHeight: kernel[0]!,
    kernelWidth: kernel[1]!,
    strideHeight: stride[0]!,
    strideWidth: stride[1]!,
    dilationHeight: dilation[0]!,
    dilationWidth: dilation[1]!,
    padTop: conv.padding[0]!,
    padLeft: conv.padding[1]!,
    groups,
    groupIn,
    groupOut: outputShape[3]! / groups,
    runs: touches ? 1 : kernel[1]!,
    runBytes: (touches ? kernel[1]! * groupIn : groupIn) * 4,
    clampMin: range.min,
    clampMax: range.max,
  };
}
