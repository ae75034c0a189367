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
  // The two-column kernels read up to two columns past a row; past the last row that is this slack.
  const tapTable = roundUp(span * rowBytes + 2 * channels + SLACK_BYTES, 4);
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

function chooseVariant({ kernel, stride, dilation, module }: Convolution): TileVariant {
  const isNine = kernel.every((size) => size === 3) && dilation.every((d) => d === 1) && stride[0] === stride[1];
  const rows = isNine ? (DEPTHWISE_3X3 as Record<number, readonly TileVariant[]>)[stride[0]!] : undefined;
  return (rows && pickVariant(rows, module)) || pickVariant<TileVariant>(DEPTHWISE, module)!;
}

/**
 * Which taps (ky · kW + kx, −1 for a zero) the int16 weights of one channel hold, in order: as they come, in pairs, or
 * for 3×3 the seven pairs that assembly/depthwise/qs8-qc8w-dwconv-simd.ts draws.
 */
function tapOrder({ kr }: TileVariant, taps: number): readonly number[] {
  if (kr === 9) return [0, 3, 1, 4, 2, 5, 6, 7, 8, -1, -1, 6, 7, 8];
  return Array.from({ length: roundUp(taps, kr) }, (_, t) => (t < taps ? t : -1));
}

/**
 * Blocks of nr channels: int32 bias[nr] | int16 weights | float32 scale[nr]; weights are [taps][nr], or [pairs][nr][2]
 * where taps come in pairs. With nr = 1 all channels are one block.
 */
function packBlocks(conv: Convolution, variant: TileVariant, inputZeroPoint: number): Uint8Array {
  const channels = conv.outputShape[3]!;
  const taps = conv.kernel[0]! * conv.kernel[1]!;
  const order = tapOrder(variant, taps);
  const pair = variant.kr === 1 ? 1 : 2;
  const width = variant.nr === 1 ? channels : variant.nr;
  const blockBytes = width * 8 + roundUp(order.length * width * 2, 4);
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
    const packed = new Int16Array(bytes.buffer, offset + width * 4, order.length * width);
    const packedScales = new Float32Array(bytes.buffer, offset + blockBytes - width * 4, width);
    for (let n = 0; n < width && block * width + n < channels; n++) {
      const c = block * width + n;
      order.forEach((t, i) => {
        if (t >= 0)
          packed[(Math.floor(i / pair) * width + n) * pair + (i % pair)] = source[t * channels + c]! - zeroPoint;
      });
      let sum = 0;
      for (let t = 0; t < taps; t++) sum += source[t * channels + c]! - zeroPoint;
      packedBias[n] = (bias ? bias[c]! : 0) - Math.imul(inputZeroPoint, sum);
      packedScales[n] = scales[c]!;
    }
  }
  return bytes;
}
