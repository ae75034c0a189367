import { convScales } from "../core/requantize.js";
import { CONV_ARGS } from "./args.generated.js";
import {
  type Convolution,
  inputParams,
  isExact,
  layerArgs,
  operandZeroPoint,
  outputParams,
  SLACK_BYTES,
  slidingRows,
  weightsZeroPoint,
} from "./convolution.js";
import { type NodePlan, step } from "./kernel.js";
import { biasValues, roundUp, weightValues } from "./pack.js";
import { DEPTHWISE, type DepthwiseVariant, pickVariant, type TileVariant } from "./variants.js";

/** Depthwise with multiplier 1 and numerics "xnnpack": rows are padded once, windows slide over them. */
export function planDepthwise(conv: Convolution): NodePlan {
  const variant = chooseVariant(conv);
  const rows = slidingRows(conv, 1);
  // The kernels that take two columns at a time read up to two past a row; past the last row that is this slack.
  const table = roundUp(rows.span * rows.rowPitch + 2 * conv.inputShape[3]! + SLACK_BYTES, 4);
  const spill = table + (conv.kernel[0]! * conv.kernel[1]! + 1) * 4;
  const tiles = conv.outputShape[0]! * conv.outputShape[1]!;
  const unused = { groupBytes: 0, k: 0, kPadded: 0, blockRows: 1, isPointwise: 0 };
  return {
    constants: [packBlocks(conv, variant)],
    scratchBytes: spill + SLACK_BYTES,
    steps: (at) => {
      const scratch = { scratch: at.scratch, table: at.scratch + table, spill: at.scratch + spill };
      return [step(variant.kernel, CONV_ARGS, { ...layerArgs(conv, at), ...scratch, ...rows, ...unused }, tiles)];
    },
  };
}

function chooseVariant(conv: Convolution): TileVariant {
  const { kernel, stride, dilation } = conv;
  const isNine = kernel.every((size) => size === 3);
  const isStride = (wanted: number) => stride.every((s) => s === wanted) && dilation.every((d) => d === 1);
  const fits = (variant: DepthwiseVariant) =>
    (variant.kr !== 9 || isNine) &&
    (variant.stride === undefined || isStride(variant.stride)) &&
    (variant.bytes === 2 || (weightsZeroPoint(conv) === 0 && isExact(conv, variant)));
  return pickVariant(DEPTHWISE, conv, fits)!;
}

/**
 * Which taps (ky · 3 + kx, −1 for a zero) a channel's packed weights hold, in order: as they come, padded to pairs, or
 * for 3×3, 8 channels at a time, as the kernels draw them, in seven pairs of int16 or three columns of int8.
 */
function tapOrder({ nr, kr, bytes }: TileVariant, taps: number): readonly number[] {
  if (kr === 9 && nr === 8)
    return bytes === 1 ? [0, 3, 6, -1, 1, 4, 7, -1, 2, 5, 8, -1] : [0, 3, 1, 4, 2, 5, 6, 7, 8, -1, -1, 6, 7, 8];
  return Array.from({ length: roundUp(taps, kr) }, (_, t) => (t < taps ? t : -1));
}

/**
 * Blocks of nr channels: int32 bias[nr] | weights | float32 scale[nr]; weights are [taps][nr], or [runs][nr][run]
 * where taps come in runs of 2 or 4. With nr = 1 all channels are one block.
 */
function packBlocks(conv: Convolution, variant: TileVariant): Uint8Array {
  const channels = conv.outputShape[3]!;
  const taps = conv.kernel[0]! * conv.kernel[1]!;
  const order = tapOrder(variant, taps);
  const run = variant.kr === 1 || variant.nr === 16 ? 1 : 4 / variant.bytes;
  const width = variant.nr === 1 ? channels : variant.nr;
  const blockBytes = width * 8 + roundUp(order.length * width * variant.bytes, 4);
  const source = weightValues(conv.weights);
  const zeroPoint = weightsZeroPoint(conv);
  const inputZeroPoint = operandZeroPoint(conv, variant);
  const bias = biasValues(conv.bias);
  const weightScales = conv.weights.quantization!.scale;
  const scales = convScales(inputParams(conv).scale, weightScales, outputParams(conv).scale, channels);
  const blocks = Math.ceil(channels / width);
  const bytes = new Uint8Array(blocks * blockBytes);
  const Packed = variant.bytes === 1 ? Int8Array : Int16Array;
  for (let block = 0; block < blocks; block++) {
    const offset = block * blockBytes;
    const packedBias = new Int32Array(bytes.buffer, offset, width);
    const packed = new Packed(bytes.buffer, offset + width * 4, order.length * width);
    const packedScales = new Float32Array(bytes.buffer, offset + blockBytes - width * 4, width);
    for (let n = 0; n < width && block * width + n < channels; n++) {
      const c = block * width + n;
      for (let i = 0; i < order.length; i++) {
        const t = order[i]!;
        if (t >= 0)
          packed[(((i - (i % run)) / run) * width + n) * run + (i % run)] = source[t * channels + c]! - zeroPoint;
      }
      let sum = 0;
      for (let t = 0; t < taps; t++) sum += source[t * channels + c]! - zeroPoint;
      packedBias[n] = (bias ? bias[c]! : 0) - Math.imul(inputZeroPoint, sum);
      packedScales[n] = scales[c]!;
    }
  }
  return bytes;
}
