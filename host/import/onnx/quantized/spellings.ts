import type { FileNode } from "../file.js";
import type { Value } from "../value.js";

/** Positions of a tensor, its scale and its zero point among an operator's inputs; −1 where it has none. */
type Triple = readonly [tensor: number, scale: number, zeroPoint: number];

/** How an operator that computes on quantized tensors is written, and which float operator it is. */
export interface Spelling {
  readonly kind: string;
  readonly inputs: readonly Triple[];
  /** Input that is a bias of 32 bits, or one of float32 where sums become that. */
  readonly bias?: number;
  /** Scale and zero point of the result; absent where it is a sum of 32 bits or float32. */
  readonly output?: readonly [scale: number, zeroPoint: number];
  readonly result?: "INT32" | "FLOAT";
  /** Input 0 is float32. */
  readonly isDynamic?: true;
  /** Weights have one scale. */
  readonly isPerTensor?: true;
}

const PAIR = {
  inputs: [
    [0, 1, 2],
    [3, 4, 5],
  ],
  output: [6, 7],
} as const;
const SINGLE = { inputs: [[0, 1, 2]], output: [3, 4] } as const;
const INTEGER = {
  inputs: [
    [0, -1, 2],
    [1, -1, 3],
  ],
  result: "INT32",
} as const;
const MS = "com.microsoft.";

/** Kind of a convolution of float32 with weights of 8 bits, whose input is quantized while the model runs. */
export const DYNAMIC_CONV = "DynamicQuantizeConv";

export const SPELLINGS = new Map<string, Spelling>(
  Object.entries({
    QLinearConv: { kind: "Conv", ...PAIR, bias: 8 },
    QLinearMatMul: { kind: "MatMul", ...PAIR },
    [`${MS}QLinearConv`]: { kind: "Conv", ...PAIR, bias: 8 },
    ConvInteger: { kind: "Conv", ...INTEGER },
    MatMulInteger: { kind: "MatMul", ...INTEGER },
    [`${MS}QLinearAdd`]: { kind: "Add", ...PAIR },
    [`${MS}QLinearMul`]: { kind: "Mul", ...PAIR },
    [`${MS}QLinearSigmoid`]: { kind: "Sigmoid", ...SINGLE },
    [`${MS}QLinearLeakyRelu`]: { kind: "LeakyRelu", ...SINGLE },
    [`${MS}QLinearAveragePool`]: { kind: "AveragePool", ...SINGLE },
    [`${MS}QLinearGlobalAveragePool`]: { kind: "GlobalAveragePool", ...SINGLE },
    [`${MS}QLinearSoftmax`]: { kind: "Softmax", ...SINGLE },
    [`${MS}QGemm`]: { kind: "Gemm", inputs: PAIR.inputs, bias: 6, output: [7, 8], result: "FLOAT" },
    [`${MS}MatMulIntegerToFloat`]: {
      kind: "MatMul",
      inputs: [
        [0, 2, 4],
        [1, 3, 5],
      ],
      bias: 6,
      result: "FLOAT",
    },
    [`${MS}DynamicQuantizeMatMul`]: {
      kind: "MatMul",
      inputs: [
        [0, -1, -1],
        [1, 2, 3],
      ],
      bias: 4,
      result: "FLOAT",
      isDynamic: true,
    },
    [DYNAMIC_CONV]: {
      kind: "Conv",
      inputs: [
        [0, -1, -1],
        [1, 2, 3],
      ],
      result: "FLOAT",
      isDynamic: true,
      isPerTensor: true,
    },
  } satisfies Record<string, Spelling>),
);

/** Its inputs are any number of triples behind the scale and zero point of the result. */
export const CONCAT = `${MS}QLinearConcat`;

/** MaxPool of 8 bits, channels-last. */
export const NHWC_MAX_POOL = `${MS}NhwcMaxPool`;

/** Where the zero point of its second matrix is, for operators that may get it at run time. */
export const SECOND_POINT = new Map([
  ["MatMulInteger", 3],
  [`${MS}MatMulIntegerToFloat`, 5],
  [`${MS}DynamicQuantizeMatMul`, 3],
]);

export function quantizedOperators(): string[] {
  return [...[...SPELLINGS.keys()].filter((kind) => kind !== DYNAMIC_CONV), CONCAT, NHWC_MAX_POOL];
}

/** Positions of scale and zero point of an operator's input `i`; −1 where it has none, undefined for other operators. */
export function declaredPlace({ kind }: FileNode, i: number): readonly [scale: number, zeroPoint: number] | undefined {
  if (kind === CONCAT) return i >= 2 && (i - 2) % 3 === 0 ? [i + 1, i + 2] : undefined;
  const triple = SPELLINGS.get(kind)?.inputs.find(([tensor]) => tensor === i);
  return triple && [triple[1], triple[2]];
}

/** The axis of the weights that counts output channels, for operators that have weights. */
export function channelAxis({ kind, attributes }: FileNode, weights: Value): number | undefined {
  if (kind === "Conv") return 0;
  if (kind === "MatMul") return Math.max(0, weights.rank - 1);
  if (kind === "Gemm") return attributes.int("transB", 0) === 1 ? 0 : 1;
  return undefined;
}
