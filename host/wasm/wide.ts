import { clampRange } from "../core/activation.js";
import { elementCount } from "../core/shape.js";
import { biasOf, wideMultipliers } from "../core/wide.js";
import { DYNAMIC_CONV_ARGS, FILL_ARGS, WIDE_SUM_ARGS } from "./args.generated.js";
import { type Convolution, inputParams, outputParams, SLACK_BYTES } from "./convolution.js";
import { type Addresses, type NodePlan, type Step, step } from "./kernel.js";
import { planMove } from "./move.js";
import { packPanels, roundUp, weightValues } from "./pack.js";
import { pickVariant, WIDE_CONV } from "./variants.js";
import { blocksOf, blockWeights, type Window } from "./wide-blocks.js";

/** Bytes of an activation, of a sum, of a record that a dynamic range would have, and of one that a channel has. */
const BYTES = 2;
const SUM_BYTES = 4;
const RANGE_BYTES = 16;
const FACTOR_BYTES = 16;
/** RAW in assembly/dynamic/args.ts. */
const RAW = 1;
/** Taps of a depthwise window whose products add up within int32. */
const MAX_TAPS = 504;

/**
 * int16 activations with int8 weights. Sums go to shared memory as int32, from the same kernels that dynamic ranges have, in blocks
 * of the depth that int32 holds; a last step adds them and the bias in int64 and rescales.
 */
export function planWideConvolution(conv: Convolution): NodePlan {
  const variant = pickVariant(WIDE_CONV, conv)!;
  const channels = conv.outputShape[3]!;
  const groupOut = channels / conv.groups;
  const groupIn = conv.inputShape[3]! / conv.groups;
  const isRun = conv.groups === 1 && (conv.dilation[1] === 1 || conv.kernel[1] === 1);
  const window: Window = {
    lines: conv.kernel[0]!,
    runs: isRun ? 1 : conv.kernel[1]!,
    k: isRun ? conv.kernel[1]! * groupIn : groupIn,
  };
  const walk = walkOf(conv);
  const pixels = elementCount(conv.outputShape) / channels;
  const groupPanels = Math.ceil(groupOut / variant.nr);
  const blocks = blocksOf(conv, window).map((block) => {
    const segments = block.lines * block.runs;
    const packed = packPanels(
      {
        weights: blockWeights(conv, window, block),
        stride: { channel: segments * block.k, depth: 1 },
        weightsZeroPoint: 0,
        inputZeroPoint: 0,
        bias: undefined,
        channels,
        groupOut,
        segments,
        k: block.k,
        // Panels end in a scale per channel, which raw sums do not read.
        factors: new Float32Array(channels),
        range: { zeroPoint: 0, min: 0, max: 0 },
      },
      { ...variant, tail: 0 },
    );
    return { ...block, packed };
  });
  return planSums(
    conv,
    walk,
    blocks.map(({ packed }) => packed.constant),
    (at, constant, rows, sums) =>
      blocks.map(({ line, lines, run, runs, first, packed }, i) =>
        step(
          variant.kernel,
          DYNAMIC_CONV_ARGS,
          {
            ...sumArgs(conv, walk, rows + line * walk.linePitch + run * walk.runPitch + first * BYTES, constant),
            output: sums(i),
            weights: at.constant(i),
            groupOut,
            groupPanels,
            panelBytes: packed.groupBytes / groupPanels,
            groupPitch: groupIn * BYTES,
            kernelHeight: lines,
            runs,
            kPadded: packed.kPadded,
            isSingle: pixels === 1 ? 1 : 0,
          },
          pixels === 1 ? conv.groups * groupPanels : pixels,
        ),
      ),
  );
}

/** With multiplier 1 and not too large a window; others are convolutions whose groups are the input channels. */
export function planWideDepthwise(conv: Convolution): NodePlan {
  const channels = conv.outputShape[3]!;
  if (channels !== conv.inputShape[3] || conv.kernel[0]! * conv.kernel[1]! > MAX_TAPS) return planWideConvolution(conv);
  const walk = walkOf(conv);
  return planSums(conv, walk, [new Uint8Array(weightValues(conv.weights))], (at, constant, rows, sums) => [
    step(
      "qs16_s32_qc8w_dwconv",
      DYNAMIC_CONV_ARGS,
      {
        ...sumArgs(conv, walk, rows, constant),
        output: sums(0),
        weights: at.constant(0),
        groupOut: 1,
        groupPanels: 0,
        panelBytes: 0,
        groupPitch: 0,
        kernelHeight: conv.kernel[0]!,
        runs: conv.kernel[1]!,
        kPadded: 0,
        isSingle: 0,
      },
      conv.outputShape[0]! * conv.outputShape[1]!,
    ),
  ]);
}

/** How windows walk over the input, or over a copy of it that has the padding. */
interface Walk {
  readonly isPadded: boolean;
  readonly height: number;
  readonly width: number;
  readonly imagePitch: number;
  readonly rowPitch: number;
  readonly linePitch: number;
  readonly pixelPitch: number;
  readonly runPitch: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
}

function walkOf(conv: Convolution): Walk {
  const [, inputHeight, inputWidth, channels] = conv.inputShape as [number, number, number, number];
  const [top, left, bottom, right] = conv.padding as [number, number, number, number];
  const [height, width] = [top + inputHeight + bottom, left + inputWidth + right];
  const pixel = channels * BYTES;
  // Pixels of all images in a row: tiles then are full.
  const isFlat = conv.groups === 1 && [...conv.kernel, ...conv.stride].every((n) => n === 1);
  return {
    isPadded: conv.padding.some((n) => n > 0),
    height,
    width,
    imagePitch: height * width * pixel,
    rowPitch: conv.stride[0]! * width * pixel,
    linePitch: conv.dilation[0]! * width * pixel,
    pixelPitch: conv.stride[1]! * pixel,
    runPitch: conv.dilation[1]! * pixel,
    outputHeight: isFlat ? 1 : conv.outputShape[1]!,
    outputWidth: isFlat ? elementCount(conv.outputShape.slice(0, 3)) : conv.outputShape[2]!,
  };
}

/**
 * A node whose sums come from `products`, given where the rows are and where the sums of each block go. Constants: those given,
 * then zeros in place of ranges, then the channels' factors.
 */
function planSums(
  conv: Convolution,
  walk: Walk,
  weights: NonNullable<NodePlan["constants"]>,
  products: (at: Addresses, ranges: number, rows: number, sums: (block: number) => number) => Step[],
): NodePlan {
  const batch = conv.inputShape[0]!;
  const channels = conv.outputShape[3]!;
  const elements = elementCount(conv.outputShape);
  const rowBytes = walk.isPadded ? roundUp(batch * walk.imagePitch + SLACK_BYTES, 64) : 0;
  const blockPitch = roundUp(elements * SUM_BYTES, 64);
  const range = clampRange(conv.activation, conv.output.quantization, "tflite", false, 16);
  return {
    constants: [...weights, new Uint8Array(RANGE_BYTES), factorsOf(conv)],
    sharedBytes: rowBytes + blockPitch * weights.length,
    steps: (at) => {
      const sums = (block: number) => at.shared + rowBytes + block * blockPitch;
      const rows = walk.isPadded ? at.shared : at.input(0);
      return [
        ...(walk.isPadded ? padSteps(conv, walk, at) : []),
        ...products(at, at.constant(weights.length), rows, sums),
        step(
          "s32_qs16_vcvt",
          WIDE_SUM_ARGS,
          {
            sums: sums(0),
            output: at.output(0),
            factors: at.constant(weights.length + 1),
            channels,
            blocks: weights.length,
            blockPitch,
            clampMin: range.min,
            clampMax: range.max,
          },
          elements / channels,
        ),
      ];
    },
  };
}

/** Bytes that one tile fills. */
const FILL_BLOCK = 16384;

function padSteps(conv: Convolution, walk: Walk, at: Addresses): Step[] {
  const [batch, height, width, channels] = conv.inputShape as [number, number, number, number];
  const line = width * channels * BYTES;
  const wide = walk.width * channels * BYTES;
  const bytes = batch * walk.imagePitch;
  const axes = [
    { count: batch, from: height * line, to: walk.imagePitch },
    { count: height, from: line, to: wide },
    { count: line, from: 1, to: 1 },
  ];
  const first = conv.padding[0]! * wide + conv.padding[1]! * channels * BYTES;
  const fill = { output: at.shared, bytes, block: FILL_BLOCK, value: 0 };
  return [
    step("x8_fill", FILL_ARGS, fill, Math.ceil(bytes / FILL_BLOCK)),
    planMove(axes, 1)(at.input(0), at.shared + first),
  ];
}

/** The fields of `DynamicConvArgs` that all sums have in common. */
function sumArgs(conv: Convolution, walk: Walk, rows: number, ranges: number) {
  return {
    rows,
    ranges,
    bias: 0,
    outputHeight: walk.outputHeight,
    outputWidth: walk.outputWidth,
    outputChannels: conv.outputShape[3]!,
    pixelPitch: walk.pixelPitch,
    linePitch: walk.linePitch,
    runPitch: walk.runPitch,
    imagePitch: walk.imagePitch,
    rowPitch: walk.rowPitch,
    bytes: BYTES,
    flip: 0,
    weightsZeroPoint: 0,
    imageRangePitch: 0,
    rangePitch: 0,
    clampMin: 0,
    clampMax: 0,
    sums: RAW,
  };
}

/** Per channel: int64 bias, int32 multiplier, int32 shift. */
function factorsOf(conv: Convolution): Uint8Array {
  const channels = conv.outputShape[3]!;
  const [from, to] = [inputParams(conv).scale, outputParams(conv).scale];
  const { multiplier, shift } = wideMultipliers(conv.op, from, conv.weights.quantization!.scale, to, channels);
  const bias = conv.bias && biasOf(conv.bias.data!);
  const view = new DataView(new ArrayBuffer(FACTOR_BYTES * channels));
  for (let c = 0; c < channels; c++) {
    view.setBigInt64(FACTOR_BYTES * c, bias?.[c] ?? 0n, true);
    view.setInt32(FACTOR_BYTES * c + 8, multiplier[c]!, true);
    view.setInt32(FACTOR_BYTES * c + 12, shift[c]!, true);
  }
  return new Uint8Array(view.buffer);
}
