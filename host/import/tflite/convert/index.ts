import type { Call } from "../call.js";
import { binary, dequantize, hardSwish, leakyRelu, lookup, quantize, relu, softmax } from "./elementwise.js";
import { conv2d, depthwiseConv2d, fullyConnected } from "./matrix.js";
import {
  concatenation,
  expandDims,
  pack,
  pad,
  reshape,
  resize,
  slice,
  split,
  splitV,
  squeeze,
  stridedSlice,
  transpose,
  unpack,
} from "./move.js";
import { argMax, mean } from "./reduce.js";
import { pool } from "./window.js";

/** How each operator becomes nodes. Field numbers in the converters are those of its options table in schema.fbs. */
const CONVERTERS: ReadonlyMap<string, (call: Call) => void> = new Map(
  Object.entries({
    CONV_2D: conv2d,
    DEPTHWISE_CONV_2D: depthwiseConv2d,
    FULLY_CONNECTED: fullyConnected,
    AVERAGE_POOL_2D: pool("average_pool2d"),
    MAX_POOL_2D: pool("max_pool2d"),
    MEAN: mean,
    ADD: binary("add"),
    SUB: binary("sub"),
    MUL: binary("mul"),
    RELU: relu("relu"),
    RELU6: relu("relu6"),
    RELU_N1_TO_1: relu("relu_n1_to_1"),
    LEAKY_RELU: leakyRelu,
    HARD_SWISH: hardSwish,
    LOGISTIC: lookup("logistic"),
    TANH: lookup("tanh"),
    SOFTMAX: softmax,
    QUANTIZE: quantize,
    DEQUANTIZE: dequantize,
    PAD: pad,
    PADV2: pad,
    CONCATENATION: concatenation,
    SPLIT: split,
    SPLIT_V: splitV,
    RESHAPE: reshape,
    SQUEEZE: squeeze,
    EXPAND_DIMS: expandDims,
    TRANSPOSE: transpose,
    SLICE: slice,
    STRIDED_SLICE: stridedSlice,
    PACK: pack,
    UNPACK: unpack,
    RESIZE_BILINEAR: resize("resize_bilinear"),
    RESIZE_NEAREST_NEIGHBOR: resize("resize_nearest"),
    ARG_MAX: argMax,
  }),
);

/** The converter of an operator; undefined when qbin does not run it. */
export function converterOf(kind: string): ((call: Call) => void) | undefined {
  return CONVERTERS.get(kind);
}

/** The operators qbin runs, for documentation. */
export function convertedOperators(): string[] {
  return [...CONVERTERS.keys()];
}
