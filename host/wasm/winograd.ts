import { convScales } from "../core/requantize.js";
import { CONV_ARGS, PACK_ARGS } from "./args.generated.js";
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
import { writeStruct } from "./struct.js";
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

/** Panels of 16 output channels, as the kernel has them. */
function packTransformed(conv: Convolution): PackedConstant & { readonly panelBytes: number } {
  const inC = conv.inputShape[3]!;
  const outC = conv.outputShape[3]!;
  const panelBytes = 64 + 16 * inC * 16 * 2 + 64 + RANGE_BYTES;
  const weights = weightValues(conv.weights);
  const words = roundUp(weights.length, 4);
  const write = (address: number, { memory, staging, run }: Packer) => {
    const { buffer } = memory;
    new Int8Array(buffer, staging).set(weights);
    const bias = biasValues(conv.bias);
    if (bias) new Int32Array(buffer, staging + words, outC).set(bias);
    else memory.fill(0, staging + words, staging + words + 4 * outC);
    const weightScales = conv.weights.quantization!.scale;
    const scales = convScales(inputParams(conv).scale, weightScales, outputParams(conv).scale, outC);
    new Float32Array(buffer, staging + words + 4 * outC, outC).set(scales);
    const range = staging + words + 8 * outC;
    writeRange(buffer, range, outputRange(conv));
    const args = writeStruct(PACK_ARGS, {
      source: staging,
      words: staging + words,
      target: address,
      channels: outC,
      segments: 9,
      k: inC,
      kPadded: inC,
      width: 16,
      lastWidth: 16,
      kr: 2,
      bytes: 2,
      trailer: 1,
      range,
      rangeBytes: RANGE_BYTES,
      zeroPoint: weightsZeroPoint(conv),
      inputZeroPoint: inputParams(conv).zeroPoint,
    });
    run("x8_packw_3x3w", args, outC / 16);
  };
  const stagingBytes = words + 8 * outC + RANGE_BYTES;
  return { byteLength: (outC / 16) * panelBytes, stagingBytes, write, panelBytes };
}
