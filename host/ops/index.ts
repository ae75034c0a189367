import type { OpDefinition } from "../core/op.js";
import { add } from "./add/op.js";
import { argMax } from "./arg_max/op.js";
import { averagePool2d } from "./average_pool2d/op.js";
import { batchMatmul } from "./batch_matmul/op.js";
import { broadcastTo } from "./broadcast_to/op.js";
import { cast } from "./cast/op.js";
import { clip } from "./clip/op.js";
import { concatenation } from "./concatenation/op.js";
import { conv2d } from "./conv2d/op.js";
import { depthwiseConv2d } from "./depthwise_conv2d/op.js";
import { dequantize } from "./dequantize/op.js";
import { div } from "./div/op.js";
import { elu } from "./elu/op.js";
import { fullyConnected } from "./fully_connected/op.js";
import { gather } from "./gather/op.js";
import { hardSigmoid } from "./hard_sigmoid/op.js";
import { hardSwish } from "./hard_swish/op.js";
import { leakyRelu } from "./leaky_relu/op.js";
import { logSoftmax } from "./log_softmax/op.js";
import { logistic } from "./logistic/op.js";
import { lrn } from "./lrn/op.js";
import { maxPool2d } from "./max_pool2d/op.js";
import { maximum } from "./maximum/op.js";
import { mean } from "./mean/op.js";
import { minimum } from "./minimum/op.js";
import { mul } from "./mul/op.js";
import { pad } from "./pad/op.js";
import { pow } from "./pow/op.js";
import { prelu } from "./prelu/op.js";
import { quantize } from "./quantize/op.js";
import { reduce } from "./reduce/op.js";
import { relu } from "./relu/op.js";
import { requantize } from "./requantize/op.js";
import { reshape } from "./reshape/op.js";
import { resizeBilinear } from "./resize_bilinear/op.js";
import { resizeNearest } from "./resize_nearest/op.js";
import { slice } from "./slice/op.js";
import { softmax } from "./softmax/op.js";
import { split } from "./split/op.js";
import { squaredDifference } from "./squared_difference/op.js";
import { sub } from "./sub/op.js";
import { tanh } from "./tanh/op.js";
import { transpose } from "./transpose/op.js";
import { transposeConv } from "./transpose_conv/op.js";
import { unary } from "./unary/op.js";

/** Every op there is, by name. Tables elsewhere are exhaustive over its keys. */
export const OPS = {
  conv2d,
  depthwise_conv2d: depthwiseConv2d,
  fully_connected: fullyConnected,
  average_pool2d: averagePool2d,
  max_pool2d: maxPool2d,
  mean,
  add,
  sub,
  mul,
  relu,
  leaky_relu: leakyRelu,
  hard_swish: hardSwish,
  logistic,
  tanh,
  softmax,
  quantize,
  dequantize,
  requantize,
  pad,
  concatenation,
  split,
  reshape,
  transpose,
  slice,
  resize_bilinear: resizeBilinear,
  resize_nearest: resizeNearest,
  arg_max: argMax,
  unary,
  elu,
  hard_sigmoid: hardSigmoid,
  clip,
  div,
  maximum,
  minimum,
  squared_difference: squaredDifference,
  pow,
  prelu,
  transpose_conv: transposeConv,
  log_softmax: logSoftmax,
  reduce,
  gather,
  cast,
  batch_matmul: batchMatmul,
  lrn,
  broadcast_to: broadcastTo,
} as const;

export type OpName = keyof typeof OPS;

/** The definition of an op by name, or undefined: names in files are not trusted. */
export function findOp(name: string): OpDefinition | undefined {
  return Object.hasOwn(OPS, name) ? (OPS[name as OpName] as unknown as OpDefinition) : undefined;
}
