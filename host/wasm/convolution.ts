import { clampRange } from "../core/activation.js";
import type { Numerics, Tensor } from "../core/model.js";
import type { Activation, TfliteKernels } from "../core/op.js";
import { perTensor } from "../core/quantization.js";
import { convScales } from "../core/requantize.js";
import { elementCount } from "../core/shape.js";
import type { Addresses, Family, ModuleName } from "./kernel.js";
import { biasValues, type OutputRange, weightValues } from "./pack.js";
import type { TileVariant } from "./variants.js";

/** A convolution, however the graph spells it: conv2d, fully connected, depthwise, a part of a transposed one. */
export interface Convolution {
  readonly op: "conv2d" | "depthwise_conv2d" | "fully_connected" | "transpose_conv";
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
  /** [top, left, bottom, right]; of a part of a transposed convolution negative where it begins inside the input. */
  readonly padding: readonly number[];
  readonly groups: number;
  /** Distance in `weights` between output channels, and between depth values in the order (ky, kx, channel). */
  readonly weightStride: { readonly channel: number; readonly depth: number };
  readonly activation: Activation;
  readonly unsigned: boolean;
  readonly kernels?: TfliteKernels;
  readonly numerics: Numerics;
  readonly module: ModuleName;
  readonly family?: Family | undefined;
}

/** Vector copies write up to 32 bytes past what they copy; kernels read up to two columns past a row. */
export const SLACK_BYTES = 64;

export function inputParams(conv: Convolution) {
  return perTensor(conv.input.quantization, `"${conv.input.name}"`);
}

export function outputParams(conv: Convolution) {
  return perTensor(conv.output.quantization, `"${conv.output.name}"`);
}

export function weightsZeroPoint(conv: Convolution): number {
  return conv.weights.quantization!.zeroPoint;
}

/** Kernels of relaxed-us read activations as uint8, 128 higher. */
export function isUnsigned(conv: Convolution, variant: TileVariant): boolean {
  return conv.module === "relaxed-us" && variant.bytes === 1;
}

/**
 * Whether a kernel is exact for this layer's weights. Where 8-bit activations are signed, "extmul" and processors
 * without the dot product instruction add pairs of products in int16: two of −128 · −128 do not fit.
 */
export function isExact(conv: Convolution, variant: TileVariant): boolean {
  return variant.bytes === 2 || isUnsigned(conv, variant) || !weightValues(conv.weights).includes(-128);
}

/** Less than 1.5 · 2^23 by more than roundings: see `requantizeEight` in assembly/lanes/requantize.ts. */
const MOST_SCALED = 12.5e6;

/**
 * Whether no accumulator, rescaled, exceeds what the vector kernels round correctly; "extmul" and scalar ones have no such
 * limit. Only models whose output scale is a millionth of what it should be get near it.
 */
export function isBounded(conv: Convolution): boolean {
  let known = bounded.get(conv);
  if (known === undefined) {
    known = computeBounded(conv);
    bounded.set(conv, known);
  }
  return known;
}

/** Asked for every variant of a layer. */
const bounded = new WeakMap<Convolution, boolean>();

function computeBounded(conv: Convolution): boolean {
  const outC = conv.outputShape[3]!;
  const depth = elementCount(conv.weights.shape) / outC;
  const products = depth * 255 * (weightsZeroPoint(conv) === 0 ? 128 : 255);
  const bias = biasValues(conv.bias);
  const { scale } = conv.weights.quantization!;
  const fits = (most: number, factor: number) => Math.min(products + most, 2 ** 31) * factor < MOST_SCALED;
  // The largest scale and bias seldom meet, and still nearly always fit.
  if (fits(largestOf(bias ?? []), convScales(...scalesOf(conv, [largestOf(scale)]))[0]!)) return true;
  return convScales(...scalesOf(conv, scale)).every((factor, c) => fits(Math.abs(bias ? bias[c]! : 0), factor));
}

function largestOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > most) most = value;
    else if (-value > most) most = -value;
  }
  return most;
}

function scalesOf(conv: Convolution, weights: readonly number[]): [number, readonly number[], number, number] {
  return [inputParams(conv).scale, weights, outputParams(conv).scale, conv.outputShape[3]!];
}

/** Whether a kernel may be used for this layer's scales. */
export function isInRange(conv: Convolution, { family }: TileVariant): boolean {
  return family === undefined || family === "extmul" || isBounded(conv);
}

/** The value a kernel reads for a real 0. */
export function operandZeroPoint(conv: Convolution, variant: TileVariant): number {
  return inputParams(conv).zeroPoint + (isUnsigned(conv, variant) ? 128 : 0);
}

/** Bytes between the first and the last input row of a window, and one padded row, for kernels that slide. */
export function slidingRows(conv: Convolution, activationBytes: number) {
  const [, , outputWidth] = conv.outputShape as [number, number, number];
  const [kernelHeight, kernelWidth] = conv.kernel as [number, number];
  const span = (kernelHeight - 1) * conv.dilation[0]! + 1;
  const columns = (outputWidth - 1) * conv.stride[1]! + (kernelWidth - 1) * conv.dilation[1]! + 1;
  const rowLength = columns * conv.inputShape[3]!;
  const rowPitch = Math.ceil((rowLength * activationBytes + 32) / 16) * 16;
  return { span, rowLength, rowPitch };
}

/** Output pixel m reads exactly input pixel m. */
export function isPointwise({ kernel, groups, stride, padding, inputShape, outputShape }: Convolution): boolean {
  return (
    groups === 1 &&
    [...kernel, ...stride].every((value) => value === 1) &&
    padding.every((value) => value === 0) &&
    inputShape[1] === outputShape[1] &&
    inputShape[2] === outputShape[2]
  );
}

/** What int8 outputs may be, and their zero point. */
export function outputRange(conv: Convolution): OutputRange {
  const { min, max } = clampRange(conv.activation, conv.output.quantization, conv.numerics, conv.unsigned);
  return { zeroPoint: outputParams(conv).zeroPoint, min, max };
}

/** The fields of `ConvArgs` that only the layer decides. */
export function layerArgs(conv: Convolution, at: Addresses) {
  const [, inputHeight, inputWidth, inputChannels] = conv.inputShape as [number, number, number, number];
  const [, outputHeight, outputWidth, outputChannels] = conv.outputShape as [number, number, number, number];
  const range = outputRange(conv);
  return {
    input: at.input(0),
    output: at.output(0),
    weights: at.constant(0),
    inputHeight,
    inputWidth,
    inputChannels,
    outputHeight,
    outputWidth,
    outputChannels,
    kernelHeight: conv.kernel[0]!,
    kernelWidth: conv.kernel[1]!,
    strideHeight: conv.stride[0]!,
    strideWidth: conv.stride[1]!,
    dilationHeight: conv.dilation[0]!,
    dilationWidth: conv.dilation[1]!,
    padTop: conv.padding[0]!,
    padLeft: conv.padding[1]!,
    groups: conv.groups,
    groupIn: inputChannels / conv.groups,
    groupOut: outputChannels / conv.groups,
    padValue: inputParams(conv).zeroPoint,
    weightsZeroPoint: weightsZeroPoint(conv),
    zeroPoint: range.zeroPoint,
    clampMin: range.min,
    clampMax: range.max,
  };
}
