import type { FileNode } from "../file.js";

/** Operators that hand on elements of input 0, whatever those stand for. */
export const MOVES = new Set(
  (
    "Identity Dropout Reshape Flatten Squeeze Unsqueeze Transpose Slice Split Gather Expand Tile DepthToSpace SpaceToDepth " +
    "MaxPool GlobalMaxPool ReduceMax ReduceMin Resize Upsample Pad"
  ).split(" "),
);

/** The same for several inputs, where all of them stand for the same. */
export const JOINS = new Set(["Concat", "Max", "Min"]);

/** One input and one output, every element by itself: a table of 256 results is exact. The op that has it. */
export const TABLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Relu: "relu",
    Clip: "clip",
    LeakyRelu: "leaky_relu",
    Elu: "elu",
    HardSwish: "hard_swish",
    HardSigmoid: "hard_sigmoid",
    Sigmoid: "logistic",
    Tanh: "tanh",
    ...Object.fromEntries(
      "Gelu Softplus Erf Exp Log Sqrt Reciprocal Neg Abs Sign Floor Ceil Round"
        .split(" ")
        .map((kind) => [kind, "unary"]),
    ),
  }),
);

/** What ONNX Runtime has arithmetic of integers for, and the op that does it. */
export const SUMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Conv: "conv2d",
    MatMul: "fully_connected",
    Gemm: "fully_connected",
    Add: "add",
    Mul: "mul",
    Concat: "concatenation",
    AveragePool: "average_pool2d",
    GlobalAveragePool: "mean",
    Softmax: "softmax",
  }),
);

/** Some moves compute in some modes: a linear Resize, say. */
export function movesElements({ kind, attributes }: FileNode): boolean {
  return (kind !== "Resize" && kind !== "Upsample") || attributes.text("mode", "nearest") === "nearest";
}
