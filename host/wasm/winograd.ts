import { convScales } from "../core/requantize.js";
import { CONV_ARGS } from "./args.generated.js";
import {
  type Convolution,
  inputParams,
  layerArgs,
  outputParams,
  outputRange,
  SLACK_BYTES,
  weightsZeroPoint,
} from "./convolution.js";
import { type NodePlan, type PackedConstant, type Packer, step } from "./kernel.js";
import { biasValues, RANGE_BYTES, roundUp, weightValues, writeRange } from "./pack.js";
import type { TileVariant } from "./variants.js";

/** Blocks of outputs that are computed at a time, where there are as many: enough rows for the matrix products. */
const BLOCKS = 16;
/** Fewer channels than this, in or out, and the transforms cost what they save. */
const MIN_CHANNELS = 16;
/** Values of one row of blocks, per position: what the transformed input takes stays in a second-level cache. */
const MAX_ROW = 4096;

/** Whether assembly/conv/qs8-qc8w-conv-winograd.ts can compute a layer, and pays. */
export function mayTransform(conv: Convolution): boolean {
  const [, , width, inC] = conv.inputShape as [number, number, number, number];
  const [, outputHeight, outputWidth, outC] = conv.outputShape as [number, number, number, number];
  return (
    conv.numerics !== "tflite" &&
    conv.family !== "extmul" &&
    conv.groups === 1 &&
    conv.kernel.every((size) => size === 3) &&
    [...conv.stride, ...conv.dilation].every((n) => n === 1) &&
    conv.padding.every((n) => n >= 0 && n <= 2) &&
    outputWidth <= width + 2 &&
    Math.min(inC, outC) >= MIN_CHANNELS &&
    inC % 8 === 0 &&
    outC % 16 === 0 &&
    Math.ceil(outputWidth / 2) * inC <= MAX_ROW &&
    Math.ceil(outputWidth / 2) * Math.ceil(outputHeight / 2) >= BLOCKS
  );
}

export function planWinograd(conv: Convolution, variant: TileVariant): NodePlan {
  const [batch, outputHeight, outputWidth] = conv.outputShape as [number, number, number, number];
  const inC = conv.inputShape[3]!;
  const columns = Math.ceil(outputWidth / 2);
  const tileRows = Math.ceil(outputHeight / 2);
  const blockRows = Math.min(tileRows, Math.ceil(BLOCKS / columns));
  const span = 2 * blockRows + 2;
  const rowLength = (2 * columns + 2) * inC;
  const rowPitch = roundUp(rowLength + 32, 16);
  const spill = roundUp(span * rowPitch + SLACK_BYTES, 16);
  const table = spill + 16 * blockRows * columns * inC * 2;
  const packed = packTransformed(conv);
  return {
    constants: [packed],
    scratchBytes: table + 16 * blockRows * columns * 64,
    steps: (at) => {
      const scratch = { scratch: at.scratch, spill: at.scratch + spill, table: at.scratch + table };
      const rows = { span, rowLength, rowPitch, blockRows };
      const depth = { groupBytes: packed.panelBytes, k: inC, kPadded: inC, isPointwise: 0 };
      const args = { ...layerArgs(conv, at), ...scratch, ...rows, ...depth };
      return [step(variant.kernel, CONV_ARGS, args, batch * tileRows)];
    },
  };
}

/** 2G times three numbers, to four places of `to` that are `step` apart. */
function transform(x0: number, x1: number, x2: number, to: Int32Array | Int16Array, at: number, step: number): void {
  to[at] = 2 * x0;
  to[at + step] = x0 + x1 + x2;
  to[at + 2 * step] = x0 - x1 + x2;
  to[at + 3 * step] = 2 * x2;
}

/** Panels of 16 output channels, as the kernel has them. */
function packTransformed(conv: Convolution): PackedConstant & { readonly panelBytes: number } {
  const inC = conv.inputShape[3]!;
  const outC = conv.outputShape[3]!;
  const panelBytes = 64 + 16 * inC * 16 * 2 + 64 + RANGE_BYTES;
  const source = weightValues(conv.weights);
  const { channel, depth } = conv.weightStride;
  const zeroPoint = weightsZeroPoint(conv);
  const inputZeroPoint = inputParams(conv).zeroPoint;
  const write = (address: number, { memory: { buffer } }: Packer) => {
    const bias = biasValues(conv.bias);
    const weightScales = conv.weights.quantization!.scale;
    const scales = convScales(inputParams(conv).scale, weightScales, outputParams(conv).scale, outC);
    const range = outputRange(conv);
    const half = new Int32Array(12);
    for (let n = 0; n < outC; n++) {
      const start = address + (n >> 4) * panelBytes;
      const weights = new Int16Array(buffer, start + 64, 16 * inC * 16);
      let sum = 0;
      for (let c = 0; c < inC; c++) {
        const first = n * channel + c * depth;
        const next = inC * depth;
        for (let x = 0; x < 3; x++) {
          const w0 = source[first + x * next]! - zeroPoint;
          const w1 = source[first + (3 + x) * next]! - zeroPoint;
          const w2 = source[first + (6 + x) * next]! - zeroPoint;
          transform(w0, w1, w2, half, x, 3);
          sum += w0 + w1 + w2;
        }
        const at = ((c >> 1) * 16 + (n & 15)) * 2 + (c & 1);
        for (let i = 0; i < 4; i++) {
          transform(half[i * 3]!, half[i * 3 + 1]!, half[i * 3 + 2]!, weights, at + i * 64 * inC, 16 * inC);
        }
      }
      const trailer = start + panelBytes - 64 - RANGE_BYTES;
      new Int32Array(buffer, start, 16)[n & 15] = (bias ? bias[n]! : 0) - Math.imul(inputZeroPoint, sum);
      new Float32Array(buffer, trailer, 16)[n & 15] = scales[n]!;
      if (n % 16 === 0) writeRange(buffer, trailer + 64, range);
    }
  };
  return { byteLength: (outC / 16) * panelBytes, stagingBytes: 0, write, panelBytes };
}
