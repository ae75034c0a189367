import { joinsScales, rangesOf } from "../core/dynamic-range.js";
import type { Numerics } from "../core/model.js";
import { activationRange } from "../core/op.js";
import { elementCount } from "../core/shape.js";
import { DYNAMIC_CONV_ARGS, DYNAMIC_PARAMS_ARGS, DYNAMIC_ROWS_ARGS } from "./args.generated.js";
import { type Convolution, inputParams, isExact, isUnsigned, SLACK_BYTES, weightsZeroPoint } from "./convolution.js";
import { type Addresses, type NodePlan, type Step, step } from "./kernel.js";
import { packPanels, roundUp, weightValues } from "./pack.js";
import { DYNAMIC_CONV, pickVariant, type TileVariant } from "./variants.js";

/** Bytes of a record of `f32_qd8_params`. */
const RANGE_BYTES = 16;
/** In assembly/dynamic/args.ts. */
const BIASED = 2;
/** Lanes that are loaded whole from the constants of the last channels. */
const LANES = 8;

/** What DynamicParamsArgs and DynamicRowsArgs have for a profile, by position. */
const ARITHMETICS: readonly Numerics[] = ["xnnpack", "tflite", "onnx"];

/** Padded rows of stored activations, and how windows walk over them. */
interface Rows {
  /** Rows of a matrix product, each of which is an image of one pixel to the kernels, or images. */
  readonly images: number;
  readonly isPixel: boolean;
  /** Whether all have one range: in "onnx", and where activations are int8 already. */
  readonly isShared: boolean;
  /** Rows of an image. */
  readonly height: number;
  readonly columns: number;
  readonly bytes: number;
  readonly pitch: number;
}

/**
 * A convolution or matrix product of int8 weights with float32 activations, dynamic-range quantization, or with int8 activations
 * and an int32 output, the sums themselves.
 */
export function planDynamicConvolution(conv: Convolution): NodePlan {
  const zeroPoint = weightsZeroPoint(conv);
  const fits = (row: TileVariant) => isExact(conv, row) && (zeroPoint === 0 || row.bytes === 2);
  const variant = pickVariant(DYNAMIC_CONV, conv, fits)!;
  const rows = rowsOf(conv, variant.bytes);
  const channels = conv.outputShape[3]!;
  const groupOut = channels / conv.groups;
  const groupIn = conv.inputShape[3]! / conv.groups;
  const isRun = conv.groups === 1 && (conv.dilation[1] === 1 || conv.kernel[1] === 1);
  const runs = isRun ? 1 : conv.kernel[1]!;
  const k = (isRun ? conv.kernel[1]! : 1) * groupIn;
  const segments = conv.kernel[0]! * runs;
  const packed = packPanels(
    {
      weights: weightValues(conv.weights),
      stride: conv.weightStride,
      weightsZeroPoint: zeroPoint,
      // Puts the plain sums of the weights where a bias would be: the zero point is only known later.
      inputZeroPoint: -1,
      bias: undefined,
      channels,
      groupOut,
      segments,
      k,
      factors: weightScales(conv, channels),
      // Of int8 outputs; these are float32.
      range: { zeroPoint: 0, min: 0, max: 0 },
    },
    { ...variant, tail: 0 },
  );
  const bias = new Uint8Array(4 * (channels + LANES));
  bias.set(conv.bias?.data ?? []);
  const groupPanels = Math.ceil(groupOut / variant.nr);
  const pixels = elementCount(conv.outputShape) / channels;
  const isSingle = pixels === 1;
  return {
    constants: [packed.constant, bias, rangeOf(conv)],
    ...sharedOf(rows),
    steps: (at) => [
      ...quantizeSteps(conv, rows, variant, at),
      step(
        variant.kernel,
        DYNAMIC_CONV_ARGS,
        {
          ...productArgs(conv, rows, at),
          groupOut,
          groupPanels,
          panelBytes: packed.groupBytes / groupPanels,
          groupPitch: groupIn * rows.bytes,
          runs,
          kPadded: packed.kPadded,
          flip: flipOf(conv, variant),
          isSingle: isSingle ? 1 : 0,
        },
        isSingle ? conv.groups * groupPanels : pixels,
      ),
    ],
  };
}

/** With multiplier 1; with another it is a convolution whose groups are the input channels. */
export function planDynamicDepthwise(conv: Convolution): NodePlan {
  const channels = conv.outputShape[3]!;
  if (channels !== conv.inputShape[3]) return planDynamicConvolution(conv);
  const rows = rowsOf(conv, 1);
  const padded = roundUp(channels, LANES);
  const factors = new Float32Array(2 * padded);
  new Uint8Array(factors.buffer).set(conv.bias?.data ?? []);
  factors.set(weightScales(conv, channels), padded);
  return {
    constants: [new Uint8Array(weightValues(conv.weights)), new Uint8Array(factors.buffer), rangeOf(conv)],
    ...sharedOf(rows),
    steps: (at) => [
      ...quantizeSteps(conv, rows, undefined, at),
      step(
        "qd8_f32_qc8w_dwconv",
        DYNAMIC_CONV_ARGS,
        {
          ...productArgs(conv, rows, at),
          groupOut: 1,
          groupPanels: 0,
          panelBytes: 0,
          groupPitch: 0,
          runs: conv.kernel[1]!,
          kPadded: 0,
          flip: 0,
          isSingle: 0,
        },
        conv.outputShape[0]! * conv.outputShape[1]!,
      ),
    ],
  };
}

function rowsOf(conv: Convolution, bytes: number): Rows {
  const { op, weights, numerics, inputShape } = conv;
  const node = { op, inputShape: conv.input.shape, weightsShape: weights.shape, attributes: conv };
  const isShared = numerics === "onnx";
  const reach = (axis: number) => (conv.kernel[axis]! - 1) * conv.dilation[axis]! + 1;
  const isPixel = op === "fully_connected" || (!isShared && rangesOf(node, numerics) !== inputShape[0]);
  const images = isPixel ? elementCount(inputShape) / inputShape[3]! : inputShape[0]!;
  const size = (axis: number) => (isPixel ? 1 : (conv.outputShape[1 + axis]! - 1) * conv.stride[axis]! + reach(axis));
  const columns = size(1);
  const pitch = roundUp(columns * inputShape[3]! * bytes + 32, 16);
  return { images, isPixel, isShared, height: size(0), columns, bytes, pitch };
}

/** Whether the output are the sums themselves, of int8 activations. */
function isSum(conv: Convolution): boolean {
  return conv.output.dtype === "int32";
}

function rangeBytes({ isShared, images }: Rows): number {
  return RANGE_BYTES * (isShared ? 1 : images);
}

function sharedOf(rows: Rows) {
  return { sharedBytes: rangeBytes(rows) + rows.images * rows.height * rows.pitch + SLACK_BYTES };
}

/** The record of int8 activations, which is known before they are: their zero point. */
function rangeOf(conv: Convolution): Uint8Array {
  const range = new Int32Array(RANGE_BYTES / 4);
  if (isSum(conv)) range[1] = inputParams(conv).zeroPoint;
  return new Uint8Array(range.buffer);
}

/** Where the records are. */
function rangesAt(conv: Convolution, at: Addresses): number {
  return isSum(conv) ? at.constant(2) : at.shared;
}

/** The steps that all products have in common. Depthwise kernels read plain int8. */
function quantizeSteps(conv: Convolution, rows: Rows, variant: TileVariant | undefined, at: Addresses): Step[] {
  const arithmetic = ARITHMETICS.indexOf(conv.numerics);
  const { isPixel, isShared, images } = rows;
  const channels = conv.inputShape[3]!;
  const input = at.input(0);
  const ranges = rangesAt(conv, at);
  const count = isShared ? 1 : images;
  const values = {
    input,
    ranges,
    rows: at.shared + rangeBytes(rows),
    lineLength: (isPixel ? 1 : conv.inputShape[2]!) * channels,
    before: conv.padding[1]! * channels,
    rowLength: rows.columns * channels,
    rowPitch: rows.pitch,
    inputHeight: isPixel ? 1 : conv.inputShape[1]!,
    paddedHeight: rows.height,
    padTop: conv.padding[0]!,
    bytes: rows.bytes,
    flip: variant ? flipOf(conv, variant) : 0,
    arithmetic,
    imageRangePitch: isShared ? 0 : RANGE_BYTES,
  };
  const tiles = images * rows.height;
  if (isSum(conv)) return [step("qs8_rows", DYNAMIC_ROWS_ARGS, values, tiles)];
  const length = elementCount(conv.inputShape) / count;
  const joins = joinsScales(conv.op, conv.numerics) ? 1 : 0;
  return [
    step("f32_qd8_params", DYNAMIC_PARAMS_ARGS, { input, ranges, length, arithmetic, joinsScales: joins }, count),
    step("f32_qd8_rows", DYNAMIC_ROWS_ARGS, values, tiles),
  ];
}

/** The fields of `DynamicConvArgs` that all products have in common. */
function productArgs(conv: Convolution, rows: Rows, at: Addresses) {
  const channelBytes = conv.inputShape[3]! * rows.bytes;
  const range = activationRange(conv.activation);
  const { isPixel, isShared } = rows;
  return {
    rows: at.shared + rangeBytes(rows),
    ranges: rangesAt(conv, at),
    output: at.output(0),
    weights: at.constant(0),
    bias: at.constant(1),
    outputHeight: isPixel ? 1 : conv.outputShape[1]!,
    outputWidth: isPixel ? rows.images : conv.outputShape[2]!,
    outputChannels: conv.outputShape[3]!,
    pixelPitch: isPixel ? rows.pitch : conv.stride[1]! * channelBytes,
    linePitch: conv.dilation[0]! * rows.pitch,
    runPitch: conv.dilation[1]! * channelBytes,
    imagePitch: rows.height * rows.pitch,
    rowPitch: conv.stride[0]! * rows.pitch,
    kernelHeight: conv.kernel[0]!,
    bytes: rows.bytes,
    weightsZeroPoint: weightsZeroPoint(conv),
    imageRangePitch: isShared ? 0 : RANGE_BYTES,
    rangePitch: isPixel && !isShared ? RANGE_BYTES : 0,
    clampMin: range.min,
    clampMax: range.max,
    sums: isSum(conv) ? BIASED : 0,
  };
}

/** What makes a stored value the operand of the kernel: bytes of relaxed-us are uint8, 128 higher. */
function flipOf(conv: Convolution, variant: TileVariant): number {
  return isUnsigned(conv, variant) ? 0x80 : 0;
}

function weightScales({ weights }: Convolution, channels: number): Float32Array {
  const { scale } = weights.quantization!;
  return Float32Array.from({ length: channels }, (_, c) => scale[scale.length === 1 ? 0 : c]!);
}
