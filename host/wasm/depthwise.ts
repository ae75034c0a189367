import { clampRange } from "../core/activation.js";
import { perTensor } from "../core/quantization.js";
import { convScales } from "../core/requantize.js";
import { DEPTHWISE_ARGS } from "./args.generated.js";
import type { Convolution } from "./conv.js";
import { type NodePlan, step } from "./kernel.js";
import { biasValues, roundUp, weightValues } from "./pack.js";
import { DEPTHWISE, DEPTHWISE_3X3, pickVariant, type TileVariant } from "./variants.js";

const SLACK_BYTES = 64;

/** Depthwise with multiplier 1 and numerics "xnnpack": rows are padded once, windows slide over them. */
export function planDepthwise(conv: Convolution): NodePlan {
  const [batch, outputHeight, outputWidth, channels] = conv.outputShape as [number, number, number, number];
  const [, inputHeight, inputWidth] = conv.inputShape as [number, number, number, number];
  const [kernelHeight, kernelWidth] = conv.kernel as [number, number];
  const [strideHeight, strideWidth] = conv.stride as [number, number];
  const [dilationHeight, dilationWidth] = conv.dilation as [number, number];
  const input = perTensor(conv.input.quantization, `"${conv.input.name}"`);
  const output = perTensor(conv.output.quantization, `"${conv.output.name}"`);
  const taps = kernelHeight * kernelWidth;
  const variant = chooseVariant(conv);
  const weights = packBlocks(conv, variant, input.zeroPoint);

  const span = (kernelHeight - 1) * dilationHeight + 1;
  const rowBytes = ((outputWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1) * channels;
  const tapTable = roundUp(span * rowBytes + SLACK_BYTES, 4);
  const spill = tapTable + (taps + 1) * 4;
  const range = clampRange(conv.activation, conv.output.quantization, conv.numerics, conv.unsigned);
  return {
    constants: [weights],
    scratchBytes: spill + SLACK_BYTES,
    steps: (at) => [
      step(
        variant.kernel,
        DEPTHWISE_ARGS,
        {
          input: at.input(0),
          output: at.output(0),
          weights: at.constant(0),
          scratch: at.scratch,
          tapTable: at.scratch + tapTable,
          spill: at.scratch + spill,
          inputHeight,
          inputWidth,
          channels,
          outputHeight,
          outputWidth,
          kernelHeight,
          kernelWidth,
          strideHeight,
          strideWidth,
          dilationHeight,
          dilationWidth,
          padTop: conv.padding[0]!,
          padLeft: conv.padding[1]!,
          span,
          rowBytes,
          padValue: input.zeroPoint,
          zeroPoint: output.zeroPoint,
          clampMin: range.min,
          clampMax: range.max,
        },
        batch * outputHeight,
      ),
    ],
  };
}

function chooseVariant(conv: Convolution): TileVariant {
  const isNine = conv.kernel.every((size) => size === 3) && conv.dilation.every((d) => d === 1);
  const isSymmetric = conv.weights.quantization!.zeroPoint === 0 && !weightValues(conv.weights).includes(-128);
  return (isNine && isSymmetric && pickVariant(DEPTHWISE_3X3, conv.module)) || pickVariant(DEPTHWISE, conv.module)!;
}

/**
 * Blocks of nr channels: int32 bias[nr] | int16 weights | float32 scale[nr]. The weights of a block are [taps][nr], or
 * for kr = 2 [pairs of taps][nr][2] with an odd tap's partner 0. With nr = 1 all channels are one block.
 */
function packBlocks(conv: Convolution, { nr, kr }: TileVariant, inputZeroPoint: number): Uint8Array {
  const channels = conv.outputShape[3]!;
  const taps = conv.kernel[0]! * conv.kernel[1]!;
  const pair = kr === 2 ? 2 : 1;
  const width = nr === 1 ? channels : nr;
  const weightCount = roundUp(taps, pair) * width;
  const blockBytes = width * 8 + roundUp(weightCount * 2, 4);
  const source = weightValues(conv.weights);
  const zeroPoint = conv.weights.quantization!.zeroPoint;
  const bias = biasValues(conv.bias);
  const { scale: inputScale } = perTensor(conv.input.quantization, `"${conv.input.name}"`);
  const { scale: outputScale } = perTensor(conv.output.quantization, `"${conv.output.name}"`);
  const scales = convScales(inputScale, conv.weights.quantization!.scale, outputScale, channels);
  const blocks = Math.ceil(channels / width);
  const bytes = new Uint8Array(blocks * blockBytes);
  for (let block = 0; block < blocks; block++) {
    const offset = block * blockBytes;
    const packedBias = new Int32Array(bytes.buffer, offset, width);
    const packed = new Int16Array(bytes.buffer, offset + width * 4, weightCount);
    const packedScales = new Float32Array(bytes.buffer, offset + blockBytes - width * 4, width);
    for (let n = 0; n < width && block * width + n < channels; n++) {
      const c = block * width + n;
      let sum = 0;
      for (let t = 0; t < taps; t++) {
        const value = source[t * channels + c]! - zeroPoint;
        packed[(Math.floor(t / pair) * width + n) * pair + (t % pair)] = value;
        sum += value;
      }
      packedBias[n] = (bias ? bias[c]! : 0) - Math.imul(inputZeroPoint, sum);
      packedScales[n] = scales[c]!;
    }
  }
  return bytes;
}
