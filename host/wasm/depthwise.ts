import { convScales } from "../core/requantize.js";
import { CONV_ARGS, PACK_DEPTHWISE_ARGS } from "./args.generated.js";
import {
  type Convolution,
  inputParams,
  isExact,
  layerArgs,
  operandZeroPoint,
  outputParams,
  outputRange,
  SLACK_BYTES,
  slidingRows,
  weightsZeroPoint,
} from "./convolution.js";
import { type NodePlan, type PackedConstant, type Packer, step } from "./kernel.js";
import { biasValues, RANGE_BYTES, roundUp, weightValues, writeRange } from "./pack.js";
import { writeStruct } from "./struct.js";
import { DEPTHWISE, type DepthwiseVariant, pickVariant } from "./variants.js";

/** Where "relaxed" lays out the last columns of a row: five of them, each beside one of padding. */
const LAST_COLUMNS = 80;

/** Depthwise with multiplier 1 and numerics "xnnpack": rows are padded once, windows slide over them. */
export function planDepthwise(conv: Convolution): NodePlan {
  const variant = chooseVariant(conv);
  const rows = slidingRows(conv, 1);
  // What is read in place takes one row of padding. Of the other kernels, the one that takes two columns at a time reads up
  // to two past a row; past the last row that is this slack.
  const [, , width, channels] = conv.inputShape as [number, number, number, number];
  const rowBytes = readsInPlace(variant) ? width * channels : rows.span * rows.rowPitch + 2 * channels;
  const table = roundUp(rowBytes + SLACK_BYTES, 16);
  const spill = table + Math.max((conv.kernel[0]! * conv.kernel[1]! + 1) * 4, LAST_COLUMNS);
  const tiles = conv.outputShape[0]! * conv.outputShape[1]!;
  const blocks = packBlocks(conv, variant);
  const unused = { k: 0, kPadded: 0, blockRows: 1, isPointwise: 0 };
  return {
    constants: [blocks.constant],
    scratchBytes: spill + SLACK_BYTES,
    steps: (at) => {
      const scratch = { scratch: at.scratch, table: at.scratch + table, spill: at.scratch + spill };
      const args = { ...layerArgs(conv, at), ...scratch, ...rows, ...unused, groupBytes: blocks.blockBytes };
      return [step(variant.kernel, CONV_ARGS, args, tiles)];
    },
  };
}

function chooseVariant(conv: Convolution): DepthwiseVariant {
  const { kernel, stride, dilation } = conv;
  const isNine = kernel.every((size) => size === 3);
  const isStride = (wanted: number) => stride.every((s) => s === wanted) && dilation.every((d) => d === 1);
  const fits = (variant: DepthwiseVariant) =>
    (variant.kr !== 9 || isNine) &&
    (variant.stride === undefined || isStride(variant.stride)) &&
    (variant.bytes === 2 || isExact(conv, variant)) &&
    (variant.family !== "extmul" || weightsZeroPoint(conv) === 0) &&
    (!readsInPlace(variant) || mayReadInPlace(conv)) &&
    conv.outputShape[2]! >= leastColumns(variant) &&
    (variant.family !== "relaxed" || isSumOfTwo(conv));
  return pickVariant(DEPTHWISE, conv, fits)!;
}

/** Kernels of pairs for 3×3 begin a row with work that short ones do not repay. */
function leastColumns({ family, kr, stride }: DepthwiseVariant): number {
  if (family !== "dot16" || kr !== 9) return 1;
  return stride === 2 ? 8 : 4;
}

/** Kernels that compute two rows at a time from where the image lies; the others pad rows in scratch. */
function readsInPlace({ family, kr, nr, stride }: DepthwiseVariant): boolean {
  return kr === 9 && nr === 8 && (family === "relaxed" || stride === 1);
}

/** Blocks of 8 channels that may overlap, and windows with at most one column outside the image on either side. */
function mayReadInPlace({ inputShape, outputShape, stride, padding }: Convolution): boolean {
  const last = (outputShape[2]! - 1) * stride[1]! + 2 - padding[1]!;
  return inputShape[3]! >= 8 && padding[1]! <= 1 && last <= inputShape[2]!;
}

/** Whether weights without their zero point are sums of two int8: all but 255. */
function isSumOfTwo(conv: Convolution): boolean {
  return weightsZeroPoint(conv) !== -128 || !weightValues(conv.weights).includes(127);
}

/**
 * Which taps (ky · 3 + kx, −1 for a zero) a channel's packed weights hold, in order: as they come, padded to pairs, or
 * for 3×3, 8 channels at a time, as the kernels draw them.
 */
function tapOrder({ nr, kr, bytes, stride }: DepthwiseVariant, taps: number): readonly number[] {
  if (kr !== 9 || nr !== 8) return Array.from({ length: roundUp(taps, kr) }, (_, t) => (t < taps ? t : -1));
  if (bytes === 2 && stride === 2) return [0, 3, 1, 4, 2, 5, 6, 7, 8, -1];
  if (bytes === 2) return [0, 1, 2].flatMap((k) => [k, k + 3, k + 6, -1, -1, k, k + 3, k + 6]);
  const columns = [0, 3, 6, -1, 1, 4, 7, -1, 2, 5, 8, -1];
  return stride === 2 ? [...columns, 6, 7, 8, -1] : columns;
}

/**
 * Blocks of nr channels: int32 bias[nr] | weights | float32 scale[nr], and with nr 8 the output's range; weights are [taps][nr], or
 * [runs][nr][run] where taps come in runs of 2 or 4. With nr 1 all channels are one block. Where int8 weights have a zero point, a block
 * goes on with what does not fit into int8 without it: weights again, and 16 bytes that say whether there is any.
 */
function packBlocks(conv: Convolution, variant: DepthwiseVariant): { constant: PackedConstant; blockBytes: number } {
  const channels = conv.outputShape[3]!;
  const taps = conv.kernel[0]! * conv.kernel[1]!;
  const order = tapOrder(variant, taps);
  const run = variant.kr === 1 || variant.nr === 16 ? 1 : 4 / variant.bytes;
  const width = variant.nr === 1 ? channels : variant.nr;
  const weightBytes = roundUp(order.length * width * variant.bytes, 4);
  const zeroPoint = weightsZeroPoint(conv);
  const hasRest = variant.bytes === 1 && zeroPoint !== 0;
  const rangeBytes = variant.nr === 8 ? RANGE_BYTES : 0;
  const blockBytes = width * 8 + rangeBytes + weightBytes + (hasRest ? weightBytes + 16 : 0);
  const blocks = Math.ceil(channels / width);
  const weightScales = conv.weights.quantization!.scale;
  const scales = convScales(inputParams(conv).scale, weightScales, outputParams(conv).scale, channels);
  const source = weightValues(conv.weights);
  const words = roundUp(source.length, 4);
  const range = words + 8 * channels;

  const write = (target: number, { memory, staging, run: pack }: Packer) => {
    const { buffer } = memory;
    new Int8Array(buffer, staging, source.length).set(source);
    const bias = new Int32Array(buffer, staging + words, channels);
    const given = biasValues(conv.bias);
    if (given) bias.set(given);
    else bias.fill(0);
    new Float32Array(buffer, staging + words + 4 * channels, channels).set(scales);
    writeRange(buffer, staging + range, outputRange(conv));
    new Int32Array(buffer, staging + range + RANGE_BYTES, order.length).set(order);
    const args = {
      source: staging,
      words: staging + words,
      range: staging + range,
      order: staging + range + RANGE_BYTES,
      ...{ target, channels, taps, slots: order.length, width, run, bytes: variant.bytes },
      ...{ zeroPoint, inputZeroPoint: operandZeroPoint(conv, variant), weightBytes, rangeBytes, blockBytes },
      hasRest: Number(hasRest),
      overlaps: Number(readsInPlace(variant)),
    };
    pack("x8_packw_dw", writeStruct(PACK_DEPTHWISE_ARGS, args), blocks);
  };
  const stagingBytes = range + RANGE_BYTES + 4 * order.length;
  return { constant: { byteLength: blocks * blockBytes, stagingBytes, write }, blockBytes };
}
