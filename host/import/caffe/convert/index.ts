import { UnsupportedOpError } from "../../../core/errors.js";
import type { Call } from "../call.js";
import type { Grids } from "../ristretto.js";
import { batchNorm, bias, scale } from "./affine.js";
import { convolution, deconvolution } from "./conv.js";
import { eltwise, exp, log, power, prelu, relu, relu6, unary } from "./elementwise.js";
import { innerProduct } from "./matrix.js";
import { concat, crop, dropout, flatten, permute, reshape, slice, split } from "./move.js";
import { lrn, softmax } from "./normalize.js";
import { pooling } from "./pool.js";

/** Writes the nodes of one layer; throws a QbinError that says why it cannot. `grids` are those of Ristretto's layers. */
export type Converter = (call: Call, grids: Grids | undefined) => void;

/** What becomes of every layer that is taken. */
const CONVERTERS = new Map<string, Converter>(
  Object.entries({
    Convolution: convolution,
    ConvolutionRistretto: convolution,
    DepthwiseConvolution: convolution,
    Deconvolution: deconvolution,
    DeconvolutionRistretto: deconvolution,
    InnerProduct: innerProduct,
    FcRistretto: innerProduct,
    BatchNorm: batchNorm,
    Scale: scale,
    Bias: bias,

    Pooling: pooling,
    LRN: lrn,
    Softmax: softmax,

    ReLU: relu,
    ReLU6: relu6,
    PReLU: prelu,
    ELU: unary("elu", (call) => ({ alpha: call.parameters("eluParam").alpha ?? 1 })),
    Sigmoid: unary("logistic", () => ({ unsigned: false })),
    TanH: unary("tanh", () => ({ unsigned: false })),
    AbsVal: unary("unary", () => ({ function: "abs" })),
    BNLL: unary("unary", () => ({ function: "softplus" })),
    Clip: unary("clip", clipBounds),
    Exp: exp,
    Log: log,
    Power: power,

    Eltwise: eltwise,
    Concat: concat,
    Slice: slice,
    Split: split,
    Crop: crop,
    Reshape: reshape,
    Flatten: flatten,
    Permute: permute,
    Dropout: dropout,
  }),
);

function clipBounds(call: Call): { min: number; max: number } {
  const { min, max } = call.parameters("clipParam");
  if (min === undefined || max === undefined) throw new UnsupportedOpError("clip", "it has no min or no max");
  return { min, max };
}

export function converterOf(type: string): Converter | undefined {
  return CONVERTERS.get(type);
}

export function convertedLayers(): string[] {
  return [...CONVERTERS.keys()];
}
