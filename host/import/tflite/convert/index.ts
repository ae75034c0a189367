import type { Call } from "../call.js";
import { blocks, broadcastTo, gather, reverse, tile } from "./arrange.js";
import { binary, dequantize, hardSwish, leakyRelu, lookup, quantize, relu, softmax } from "./elementwise.js";
import { fakeQuantize } from "./fake-quant.js";
import {
  cast,
  div,
  elu,
  gelu,
  l2Normalization,
  localResponseNormalization,
  logSoftmax,
  pair,
  relu0To1,
  unary,
} from "./function.js";
import { batchMatmul, conv2d, depthwiseConv2d, fullyConnected, transposeConv } from "./matrix.js";
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
import { argMax, mean, reduce } from "./reduce.js";
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
    TRANSPOSE_CONV: transposeConv,
    BATCH_MATMUL: batchMatmul,
    SUM: reduce("sum"),
    REDUCE_MAX: reduce("max"),
    REDUCE_MIN: reduce("min"),
    REDUCE_PROD: reduce("prod"),
    DIV: div,
    MAXIMUM: pair("maximum"),
    MINIMUM: pair("minimum"),
    POW: pair("pow"),
    SQUARED_DIFFERENCE: pair("squared_difference"),
    PRELU: pair("prelu"),
    EXP: unary("exp"),
    LOG: unary("log"),
    SQRT: unary("sqrt"),
    RSQRT: unary("rsqrt"),
    SQUARE: unary("square"),
    NEG: unary("neg"),
    ABS: unary("abs"),
    FLOOR: unary("floor"),
    CEIL: unary("ceil"),
    ROUND: unary("round"),
    SIGN: unary("sign"),
    GELU: gelu,
    ELU: elu,
    RELU_0_TO_1: relu0To1,
    FAKE_QUANT: fakeQuantize,
    LOG_SOFTMAX: logSoftmax,
    LOCAL_RESPONSE_NORMALIZATION: localResponseNormalization,
    L2_NORMALIZATION: l2Normalization,
    CAST: cast,
    GATHER: gather,
    DEPTH_TO_SPACE: blocks("to space"),
    SPACE_TO_DEPTH: blocks("to depth"),
    BROADCAST_TO: broadcastTo,
    TILE: tile,
    REVERSE_V2: reverse,
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
