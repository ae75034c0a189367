import type { Call } from "../call.js";
import { LINEAR, spelledOperators } from "../quantized/index.js";
import { conv, convTranspose } from "./conv.js";
import { batchNormalization, binary, cast, clip, lrn, pow, prelu, softmax, unary, variadic } from "./elementwise.js";
import { gather } from "./gather.js";
import { gemm, matMul } from "./matrix.js";
import {
  concat,
  depthToSpace,
  expand,
  flatten,
  identity,
  reshape,
  slice,
  spaceToDepth,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from "./move.js";
import { instanceNormalization, layerNormalization } from "./normalize.js";
import { pad } from "./pad.js";
import { argMax, reduce, reduceMean } from "./reduce.js";
import { resize } from "./resize.js";
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from "./window.js";

/** Writes the nodes of one operator; throws a QbinError that says why it cannot. */
export type Converter = (call: Call) => void;

const unsigned = () => ({ unsigned: false });
const NONE = { activation: "none" } as const;
const PLAIN = { activation: "none", unsigned: false } as const;
const simple = (fn: string) => unary("unary", () => ({ function: fn }));

/** What becomes of every operator that is taken. Those of other domains would have the domain in front. */
const CONVERTERS = new Map<string, Converter>(
  Object.entries({
    ...LINEAR,
    Conv: conv,
    ConvTranspose: convTranspose,
    Gemm: gemm,
    MatMul: matMul,
    BatchNormalization: batchNormalization,
    LayerNormalization: layerNormalization,
    InstanceNormalization: instanceNormalization,

    MaxPool: maxPool,
    AveragePool: averagePool,
    GlobalAveragePool: globalAveragePool,
    GlobalMaxPool: globalMaxPool,
    ReduceMean: reduceMean,
    ReduceSum: reduce("sum"),
    ReduceMax: reduce("max"),
    ReduceMin: reduce("min"),
    ReduceProd: reduce("prod"),
    ReduceL1: reduce("sum", "abs"),
    ReduceL2: reduce("sum", "square", "sqrt"),
    ReduceSumSquare: reduce("sum", "square"),
    ArgMax: argMax,

    Relu: unary("relu", () => ({ activation: "relu" })),
    Clip: clip,
    LeakyRelu: unary("leaky_relu", (call) => ({ alpha: call.attributes.float("alpha", 0.01) })),
    PRelu: prelu,
    Elu: unary("elu", (call) => ({ alpha: call.attributes.float("alpha", 1) })),
    HardSwish: unary("hard_swish"),
    HardSigmoid: unary("hard_sigmoid", ({ attributes }) => ({
      alpha: attributes.float("alpha", 0.2),
      beta: attributes.float("beta", 0.5),
    })),
    Sigmoid: unary("logistic", unsigned),
    Tanh: unary("tanh", unsigned),
    Softmax: softmax("softmax", { beta: 1, unsigned: false }),
    LogSoftmax: softmax("log_softmax", {}),
    LRN: lrn,
    Cast: cast,
    Gelu: unary("unary", ({ attributes }) => ({
      function: attributes.text("approximate", "none") === "tanh" ? "gelu_tanh" : "gelu",
    })),
    Softplus: simple("softplus"),
    Erf: simple("erf"),
    Exp: simple("exp"),
    Log: simple("log"),
    Sqrt: simple("sqrt"),
    Reciprocal: simple("reciprocal"),
    Neg: simple("neg"),
    Abs: simple("abs"),
    Sign: simple("sign"),
    Floor: simple("floor"),
    Ceil: simple("ceil"),
    Round: simple("round"),

    Add: binary("add", PLAIN),
    Sub: binary("sub", PLAIN),
    Mul: binary("mul", PLAIN),
    Div: binary("div", NONE),
    Pow: pow,
    Max: variadic("maximum", {}),
    Min: variadic("minimum", {}),
    Sum: variadic("add", PLAIN),
    Mean: variadic("add", PLAIN, true),

    Reshape: reshape,
    Flatten: flatten,
    Squeeze: squeeze,
    Unsqueeze: unsqueeze,
    Transpose: transpose,
    Identity: identity,
    Dropout: identity,
    Concat: concat,
    Split: split,
    Slice: slice,
    Pad: pad,
    Resize: resize,
    Upsample: resize,
    Gather: gather,
    Expand: expand,
    Tile: tile,
    DepthToSpace: depthToSpace,
    SpaceToDepth: spaceToDepth,
  }),
);

export function converterOf(kind: string): Converter | undefined {
  return CONVERTERS.get(kind);
}

export function convertedOperators(): string[] {
  return [...CONVERTERS.keys(), ...spelledOperators()];
}
