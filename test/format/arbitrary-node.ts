import type { Attributes, Tensor } from "../../host/core/model.js";
import { elementCount, type Shape } from "../../host/core/shape.js";
import { UNARY } from "../../host/core/unary.js";
import type { OpName } from "../../host/ops/index.js";
import type { Tape } from "./tape.js";

/** What a node of some op reads and how it is set. */
export interface Plan {
  readonly inputs: readonly number[];
  readonly attributes: Attributes;
  /** The output shares the input's scale and zero point. */
  readonly keepsQuantization?: boolean;
}

/** Makes a constant of the type of the node's input (biases and indices have their own) and returns its index. */
export type MakeConstant = (kind: "weights" | "bias" | "indices" | "plain", shape: Shape, axis?: number) => number;

const ACTIVATIONS = ["none", "relu", "relu6", "relu_n1_to_1"];

/** A valid node of `op` that reads tensor `index`, or undefined where the tensor does not suit the op. */
export function planNode(
  op: OpName,
  index: number,
  { shape, dtype }: Tensor,
  tape: Tape,
  constant: MakeConstant,
): Plan | undefined {
  const rank = shape.length;
  const isImage = rank === 4;
  const last = shape[rank - 1] as number;
  const flag = tape.below(2) === 0;
  const unsigned = flag && dtype !== "float32";
  const activation = tape.choose(ACTIVATIONS);
  const axis = rank > 0 ? tape.below(rank) : 0;
  const window = { stride: [1 + tape.below(2), 1], padding: [tape.below(2), 0, 0, 0] };
  const resize = { size: [1 + tape.below(5), 1 + tape.below(5)], alignCorners: flag, halfPixelCenters: !flag };

  const bias = (n: number) => (tape.below(2) === 0 ? -1 : constant("bias", [n]));
  const plain = (attributes: Attributes = {}): Plan => ({ inputs: [index], attributes });
  const move = (attributes: Attributes): Plan => ({ inputs: [index], attributes, keepsQuantization: true });
  const binary = (): Plan => {
    const other = tape.below(2) === 0 ? index : constant("plain", shape);
    return { inputs: [index, other], attributes: { activation, unsigned } };
  };

  const plans: { readonly [O in OpName]: () => Plan | undefined } = {
    conv2d: () => {
      if (!isImage) return undefined;
      const groups = tape.choose([1, last]);
      const outC = groups * (1 + tape.below(3));
      const weights = constant("weights", [outC, 2, 1, last / groups], 0);
      const padding = [1, 0, tape.below(2), 0];
      const attributes = { stride: [1, 2], dilation: [1, 1], padding, groups, activation, unsigned };
      return { inputs: [index, weights, bias(outC)], attributes };
    },
    depthwise_conv2d: () => {
      if (!isImage) return undefined;
      const outC = last * (1 + tape.below(2));
      const weights = constant("weights", [1, 1, 1, outC], 3);
      const attributes = { stride: [2, 1], dilation: [1, 3], padding: [0, 0, 0, 0], activation, unsigned };
      return { inputs: [index, weights, bias(outC)], attributes };
    },
    fully_connected: () => {
      if (rank === 0) return undefined;
      const outC = 1 + tape.below(4);
      const weights = constant("weights", [outC, last], 0);
      return { inputs: [index, weights, bias(outC)], attributes: { activation, unsigned } };
    },
    average_pool2d: () => (isImage ? move({ filter: [2, 1], ...window, activation, unsigned }) : undefined),
    max_pool2d: () => (isImage ? move({ filter: [2, 1], ...window, activation, unsigned }) : undefined),
    mean: () => (rank > 0 ? plain({ axes: [axis], keepDims: flag, unsigned }) : undefined),
    add: binary,
    sub: binary,
    mul: binary,
    relu: () => plain({ activation: "relu6" }),
    leaky_relu: () => plain({ alpha: Math.fround(0.1) }),
    hard_swish: () => plain(),
    logistic: () => plain({ unsigned }),
    tanh: () => plain({ unsigned }),
    softmax: () => plain({ beta: 1 / 3, unsigned }),
    quantize: () => plain(),
    dequantize: () => plain(),
    requantize: () => plain({ arithmetic: "profile" }),
    pad: () => move({ padding: shape.flatMap(() => [tape.below(2), tape.below(2)]) }),
    concatenation: () => (rank > 0 ? { ...move({ axis }), inputs: [index, index, index] } : undefined),
    split: () => {
      const half = Math.floor((shape[axis] ?? 0) / 2);
      return half > 0 ? move({ axis, sizes: [half, (shape[axis] as number) - half] }) : undefined;
    },
    reshape: () => move({ shape: [elementCount(shape)] }),
    transpose: () => move({ permutation: shape.map((_, i) => rank - 1 - i) }),
    slice: () => {
      const begin = shape.map((dimension) => tape.below(dimension));
      return move({ begin, size: shape.map(() => 1), stride: shape.map(() => tape.choose([3, -1])) });
    },
    resize_bilinear: () => (isImage ? move({ ...resize, unsigned }) : undefined),
    resize_nearest: () => (isImage ? move(resize) : undefined),
    transpose_conv: () => {
      if (!isImage) return undefined;
      const groups = tape.choose([1, last]);
      const outC = groups * (1 + tape.below(3));
      const weights = constant("weights", [outC, 2, 1, last / groups], 0);
      const window = { stride: [1 + tape.below(3), 2], dilation: [1, 1], padding: [1, 0, tape.below(2), 0] };
      const attributes = { ...window, outputPadding: [tape.below(2), 0], groups, activation, unsigned };
      return { inputs: [index, weights, bias(outC)], attributes };
    },
    unary: () => plain({ function: tape.choose(UNARY) }),
    elu: () => plain({ alpha: 1 }),
    hard_sigmoid: () => plain({ alpha: 0.2, beta: 0.5 }),
    clip: () => plain({ min: -1, max: 1.5 }),
    div: () => ({ ...binary(), attributes: { activation } }),
    maximum: () => ({ inputs: [index, index], attributes: {}, keepsQuantization: true }),
    minimum: () => ({ inputs: [index, index], attributes: {}, keepsQuantization: true }),
    squared_difference: () => ({ ...binary(), attributes: {} }),
    pow: () => ({ ...binary(), attributes: {} }),
    prelu: () => ({ ...binary(), attributes: {} }),
    log_softmax: () => plain(),
    reduce: () => {
      const attributes = { function: tape.choose(["sum", "max", "min", "prod"]), axes: [axis], keepDims: flag };
      return rank > 0 ? { ...plain(attributes), keepsQuantization: attributes.function !== "sum" } : undefined;
    },
    gather: () => {
      if (rank === 0) return undefined;
      const picked = constant("indices", [1 + tape.below(3)]);
      return { ...move({ axis }), inputs: [index, picked] };
    },
    cast: () => plain(),
    batch_matmul: () => {
      if (rank < 2) return undefined;
      const other = constant("plain", [last, 1 + tape.below(4)]);
      return { inputs: [index, other], attributes: { transposeA: false, transposeB: false } };
    },
    lrn: () => plain({ before: 1, after: tape.below(3), alpha: 0.5, beta: 0.75, bias: 1 }),
    broadcast_to: () => (rank < 6 ? move({ shape: [2, ...shape] }) : undefined),
    arg_max: () => (rank > 0 ? plain({ axis }) : undefined),
  };
  return plans[op]();
}
