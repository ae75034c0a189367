import { clampRange } from "../core/activation.js";
import type { Numerics, Tensor } from "../core/model.js";
import type { Activation } from "../core/op.js";
import { perTensor } from "../core/quantization.js";
import { convMultipliers, convScales } from "../core/requantize.js";
import { CONV_ARGS } from "./args.generated.js";
import { type ModuleName, type NodePlan, step } from "./kernel.js";
import { biasValues, packPanels, weightValues } from "./pack.js";
import { CONV, CONV_FIXED, GEMV, pickVariant, type TileVariant } from "./variants.js";

/** An int8 convolution, however the graph spells it: conv2d, fully connected, depthwise with a multiplier. */
export interface Convolution {
  readonly op: "conv2d" | "depthwise_conv2d" | "fully_connected";
  readonly input: Tensor;
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
  readonly output: Tensor;
  /** NHWC. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** [height, width]. */
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** [top, left, bottom, right]. */
  readonly padding: readonly number[];
  readonly groups: number;
  /** Distance in `weights` between output channels, and between depth values in the order (ky, kx, channel). */
  readonly weightStride: { readonly channel: number; readonly depth: number };
  readonly activation: Activation;
  readonly unsigned: boolean;
  readonly numerics: Numerics;
  readonly module: ModuleName;
}

/** Scratch rows hold about this much: half of a small first-level cache, so that a weight panel fits beside them. */
const BLOCK_BYTES = 16384;
/** Vector copies write past the end of a row; partial stores are spilled behind that. */
const SLACK_BYTES = 64;

export function planConvolution(conv: Convolution): NodePlan {
  const [batch, outputHeight, outputWidth, outputChannels] = conv.outputShape as [number, number, number, number];
  const [, inputHeight, inputWidth, inputChannels] = conv.inputShape as [number, number, number, number];
  const [kernelHeight, kernelWidth] = conv.kernel as [number, number];
  const pixels = batch * outputHeight * outputWidth;
  const isPointwise =
    kernelHeight * kernelWidth === 1 &&
    conv.groups === 1 &&
    conv.stride.every((s) => s === 1) &&
    conv.padding.every((p) => p === 0);
  const groupOut = outputChannels / conv.groups;
  const groupIn = inputChannels / conv.groups;
  const k = kernelHeight * kernelWidth * groupIn;
  const { variant, factors } = chooseVariant(conv, isPointwise && pixels === 1);
  const isRow = variant === pickVariant(GEMV, conv.module);
  const input = perTensor(conv.input.quantization, `"${conv.input.name}"`);
  const output = perTensor(conv.output.quantization, `"${conv.output.name}"`);
  const packed = packPanels(
    {
      weights: weightValues(conv.weights),
      stride: conv.weightStride,
      weightsZeroPoint: conv.weights.quantization!.zeroPoint,
      inputZeroPoint: input.zeroPoint,
      bias: biasValues(conv.bias),
      channels: outputChannels,
      groupOut,
      k,
      factors,
    },
    { nr: variant.nr, kr: variant.kr, tail: isRow || variant.nr < 16 ? 0 : variant.nr / 2 },
  );
  const rowBytes = packed.kPadded * 2;
  const blockRows = isRow ? 1 : Math.min(pixels, Math.max(8, Math.floor(BLOCK_BYTES / rowBytes / 4) * 4));
  const spillOffset = blockRows * rowBytes + SLACK_BYTES;
  const range = clampRange(conv.activation, conv.output.quantization, conv.numerics, conv.unsigned);
  return {
    constants: [packed.bytes],
    scratchBytes: spillOffset + SLACK_BYTES,
    steps: (at) => [
      step(
        variant.kernel,
        CONV_ARGS,
        {
          input: at.input(0),
          output: at.output(0),
          weights: at.constant(0),
          scratch: at.scratch,
          spill: at.scratch + spillOffset,
          inputHeight,
          inputWidth,
          inputChannels,
          outputHeight,
          outputWidth,
          outputChannels,
          kernelHeight,
          kernelWidth,
          strideHeight: conv.stride[0]!,
          strideWidth: conv.stride[1]!,
          dilationHeight: conv.dilation[0]!,
          dilationWidth: conv.dilation[1]!,
          padTop: conv.padding[0]!,
          padLeft: conv.padding[1]!,
          groups: conv.groups,
          groupIn,
          groupOut,
          groupBytes: packed.groupBytes,
          k,
          kPadded: packed.kPadded,
          blockRows,
          isPointwise: isPointwise ? 1 : 0,
          padValue: input.zeroPoint,
          zeroPoint: output.zeroPoint,
          clampMin: range.min,
          clampMax: range.max,
        },
        isRow ? Math.ceil(groupOut / variant.nr) : pixels,
      ),
    ],
  };
}

/** The kernel, and the per-channel factors in the form it takes them. */
function chooseVariant(conv: Convolution, isRow: boolean) {
  const scales = [
    perTensor(conv.input.quantization, `"${conv.input.name}"`).scale,
    conv.weights.quantization!.scale,
    perTensor(conv.output.quantization, `"${conv.output.name}"`).scale,
    conv.outputShape[3]!,
  ] as const;
  if (conv.numerics === "tflite") {
    const factors = convMultipliers(conv.op, ...scales, conv.unsigned);
    return { variant: CONV_FIXED[factors.rounds] as TileVariant, factors };
  }
  const variant: TileVariant | undefined = (isRow && pickVariant(GEMV, conv.module)) || pickVariant(CONV, conv.module);
  return { variant: variant!, factors: convScales(...scales) };
}
