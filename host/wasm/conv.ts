import { convMultipliers, convScales } from "../core/requantize.js";
import { CONV_ARGS } from "./args.generated.js";
import {
  type Convolution,
  inputParams,
  isExact,
  isInRange,
  isPointwise,
  layerArgs,
  operandZeroPoint,
  outputParams,
  outputRange,
  SLACK_BYTES,
  slidingRows,
  weightsZeroPoint,
} from "./convolution.js";
import { type NodePlan, step } from "./kernel.js";
import { biasValues, packPanels, roundUp, weightValues } from "./pack.js";
import { CONV, CONV_FIXED, CONV_ROWS, CONV_WINOGRAD, GEMV, pickVariant, type TileVariant } from "./variants.js";
import { mayTransform, planWinograd } from "./winograd.js";

/** Gathered patches take about this much: half of a small first-level cache, so that a weight panel fits beside them. */
const BLOCK_BYTES = 16384;
/** Sliding rows do not pay for narrower outputs, for kernel lines of fewer elements, or that padding makes longer. */
const MIN_COLUMNS = 4;
const MIN_LINE = 8;
/**
 * Weights with a zero point need the sum of every patch where they are packed as int8, and only gathered patches have
 * one. That pays from this depth on, and beats sliding over int16 from this length of a kernel line on.
 */
const MIN_SUMMED = 16;
const MIN_SUMMED_LINE = 48;
const MAX_PADDED = 1.4;

/**
 * How a kernel comes to its patches: gathered into scratch (any layer; a tile is an output pixel), sliding over padded
 * rows (a tile is an output row), or a single row (a tile is a panel).
 */
type Form = "gather" | "rows" | "single";

export function planConvolution(conv: Convolution): NodePlan {
  const [batch, outputHeight, outputWidth, outputChannels] = conv.outputShape as [number, number, number, number];
  const transforming = mayTransform(conv) ? pickVariant(CONV_WINOGRAD, conv, (row) => isInRange(conv, row)) : undefined;
  if (transforming) return planWinograd(conv, transforming);
  const pixels = batch * outputHeight * outputWidth;
  const { form, variant } = chooseVariant(conv, pixels);
  const groupOut = outputChannels / conv.groups;
  const line = (conv.kernel[1]! * conv.inputShape[3]!) / conv.groups;
  const segments = form === "rows" ? conv.kernel[0]! : 1;
  const k = form === "rows" ? line : conv.kernel[0]! * line;
  const packed = packPanels(
    {
      weights: weightValues(conv.weights),
      stride: conv.weightStride,
      weightsZeroPoint: weightsZeroPoint(conv),
      inputZeroPoint: operandZeroPoint(conv, variant),
      bias: biasValues(conv.bias),
      channels: outputChannels,
      groupOut,
      segments,
      k,
      factors: channelFactors(conv),
      range: outputRange(conv),
    },
    { ...variant, tail: variant.nr === 32 || (variant.nr === 16 && form !== "single") ? variant.nr / 2 : 0 },
  );
  const patchBytes = packed.kPadded * variant.bytes;
  const blockRows = form === "gather" ? Math.min(pixels, Math.max(8, Math.floor(BLOCK_BYTES / patchBytes / 4) * 4)) : 1;
  const rows = slidingRows(conv, variant.bytes);
  const patches = form === "rows" ? rows.span * rows.rowPitch : blockRows * patchBytes;
  const spill = roundUp(patches + SLACK_BYTES, 4);
  const table = spill + SLACK_BYTES + 4 * blockRows;
  const tiles = { gather: pixels, rows: batch * outputHeight, single: Math.ceil(groupOut / variant.nr) };
  return {
    constants: [packed.constant],
    scratchBytes: table + 4 * segments,
    steps: (at) => [
      step(
        variant.kernel,
        CONV_ARGS,
        {
          ...layerArgs(conv, at),
          scratch: at.scratch,
          spill: at.scratch + spill,
          table: at.scratch + table,
          groupBytes: packed.groupBytes,
          k,
          kPadded: packed.kPadded,
          blockRows,
          isPointwise: isPointwise(conv) ? 1 : 0,
          ...rows,
        },
        tiles[form],
      ),
    ],
  };
}

function chooseVariant(conv: Convolution, pixels: number): { form: Form; variant: TileVariant } {
  if (conv.numerics === "tflite") return { form: "gather", variant: CONV_FIXED[fixedFactors(conv).rounds] };
  const line = (conv.kernel[1]! * conv.inputShape[3]!) / conv.groups;
  const hasSums = weightsZeroPoint(conv) !== 0;
  const fits = (variant: TileVariant) =>
    isExact(conv, variant) &&
    isInRange(conv, variant) &&
    !(hasSums && variant.bytes === 1 && line * conv.kernel[0]! < MIN_SUMMED);
  const gathering = pickVariant(CONV, conv, fits)!;
  if (isPointwise(conv)) {
    const single =
      pixels === 1 ? pickVariant(GEMV, isNarrow(conv) ? { ...conv, family: "extmul" } : conv, fits) : undefined;
    if (single) return { form: "single", variant: single };
  } else if (maySlide(conv) && !(hasSums && gathering.bytes === 1 && line >= MIN_SUMMED_LINE)) {
    const maySlideOver = (variant: TileVariant) =>
      fits(variant) && !(hasSums && variant.bytes === 1) && roundUp(line, variant.kr) <= MAX_PADDED * line;
    const sliding = pickVariant(CONV_ROWS, conv, maySlideOver);
    if (sliding) return { form: "rows", variant: sliding };
  }
  return { form: "gather", variant: gathering };
}

/** Half of a panel of 16 would be padding: "extmul" has panels of 8, and in the simd module wins on any machine then. */
function isNarrow({ module, outputShape }: Convolution): boolean {
  return module === "simd" && outputShape[3]! <= 8;
}

/** A patch must be one run of neighbours per kernel line, and rows long enough to fill tiles. */
function maySlide({ groups, kernel, dilation, padding, inputShape, outputShape }: Convolution): boolean {
  const line = kernel[1]! * inputShape[3]!;
  const isWide = outputShape[2]! >= MIN_COLUMNS && line >= MIN_LINE;
  return isWide && groups === 1 && dilation[1] === 1 && kernel[1]! > 1 && padding.every((rows) => rows >= 0);
}

function channelFactors(conv: Convolution) {
  return conv.numerics === "tflite" ? fixedFactors(conv) : convScales(...scalesOf(conv));
}

function fixedFactors(conv: Convolution) {
  return convMultipliers(conv.op, ...scalesOf(conv), conv.unsigned, conv.kernels);
}

function scalesOf(conv: Convolution): [number, readonly number[], number, number] {
  return [inputParams(conv).scale, conv.weights.quantization!.scale, outputParams(conv).scale, conv.outputShape[3]!];
}
