import type { Attributes } from "../core/model.js";
import type { QuantizeFacet, QuantizeRule } from "../core/quantize-rule.js";
import { quantizeAdd } from "../ops/add/quantize.js";
import { quantizeArgMax } from "../ops/arg_max/quantize.js";
import { quantizeAveragePool2d } from "../ops/average_pool2d/quantize.js";
import { quantizeBatchMatmul } from "../ops/batch_matmul/quantize.js";
import { quantizeBroadcastTo } from "../ops/broadcast_to/quantize.js";
import { quantizeCast } from "../ops/cast/quantize.js";
import { quantizeClip } from "../ops/clip/quantize.js";
import { quantizeConcatenation } from "../ops/concatenation/quantize.js";
import { quantizeConv2d } from "../ops/conv2d/quantize.js";
import { quantizeDepthwiseConv2d } from "../ops/depthwise_conv2d/quantize.js";
import { quantizeDequantize } from "../ops/dequantize/quantize.js";
import { quantizeDiv } from "../ops/div/quantize.js";
import { quantizeElu } from "../ops/elu/quantize.js";
import { quantizeFullyConnected } from "../ops/fully_connected/quantize.js";
import { quantizeGather } from "../ops/gather/quantize.js";
import { quantizeHardSigmoid } from "../ops/hard_sigmoid/quantize.js";
import { quantizeHardSwish } from "../ops/hard_swish/quantize.js";
import type { OpName } from "../ops/index.js";
import { quantizeLeakyRelu } from "../ops/leaky_relu/quantize.js";
import { quantizeLogSoftmax } from "../ops/log_softmax/quantize.js";
import { quantizeLogistic } from "../ops/logistic/quantize.js";
import { quantizeLrn } from "../ops/lrn/quantize.js";
import { quantizeMaxPool2d } from "../ops/max_pool2d/quantize.js";
import { quantizeMaximum } from "../ops/maximum/quantize.js";
import { quantizeMean } from "../ops/mean/quantize.js";
import { quantizeMinimum } from "../ops/minimum/quantize.js";
import { quantizeMul } from "../ops/mul/quantize.js";
import { quantizePad } from "../ops/pad/quantize.js";
import { quantizePow } from "../ops/pow/quantize.js";
import { quantizePrelu } from "../ops/prelu/quantize.js";
import { quantizeQuantize } from "../ops/quantize/quantize.js";
import { quantizeReduce } from "../ops/reduce/quantize.js";
import { quantizeRelu } from "../ops/relu/quantize.js";
import { quantizeRequantize } from "../ops/requantize/quantize.js";
import { quantizeReshape } from "../ops/reshape/quantize.js";
import { quantizeResizeBilinear } from "../ops/resize_bilinear/quantize.js";
import { quantizeResizeNearest } from "../ops/resize_nearest/quantize.js";
import { quantizeSlice } from "../ops/slice/quantize.js";
import { quantizeSoftmax } from "../ops/softmax/quantize.js";
import { quantizeSplit } from "../ops/split/quantize.js";
import { quantizeSquaredDifference } from "../ops/squared_difference/quantize.js";
import { quantizeSub } from "../ops/sub/quantize.js";
import { quantizeTanh } from "../ops/tanh/quantize.js";
import { quantizeTranspose } from "../ops/transpose/quantize.js";
import { quantizeTransposeConv } from "../ops/transpose_conv/quantize.js";
import { quantizeUnary } from "../ops/unary/quantize.js";

/** How the nodes of each op are quantized. A missing row is a compile error that names the op. */
export const RULES = {
  add: quantizeAdd,
  arg_max: quantizeArgMax,
  average_pool2d: quantizeAveragePool2d,
  batch_matmul: quantizeBatchMatmul,
  broadcast_to: quantizeBroadcastTo,
  cast: quantizeCast,
  clip: quantizeClip,
  concatenation: quantizeConcatenation,
  conv2d: quantizeConv2d,
  depthwise_conv2d: quantizeDepthwiseConv2d,
  dequantize: quantizeDequantize,
  div: quantizeDiv,
  elu: quantizeElu,
  fully_connected: quantizeFullyConnected,
  gather: quantizeGather,
  hard_sigmoid: quantizeHardSigmoid,
  hard_swish: quantizeHardSwish,
  leaky_relu: quantizeLeakyRelu,
  log_softmax: quantizeLogSoftmax,
  logistic: quantizeLogistic,
  lrn: quantizeLrn,
  max_pool2d: quantizeMaxPool2d,
  maximum: quantizeMaximum,
  mean: quantizeMean,
  minimum: quantizeMinimum,
  mul: quantizeMul,
  pad: quantizePad,
  pow: quantizePow,
  prelu: quantizePrelu,
  quantize: quantizeQuantize,
  reduce: quantizeReduce,
  relu: quantizeRelu,
  requantize: quantizeRequantize,
  reshape: quantizeReshape,
  resize_bilinear: quantizeResizeBilinear,
  resize_nearest: quantizeResizeNearest,
  slice: quantizeSlice,
  softmax: quantizeSoftmax,
  split: quantizeSplit,
  squared_difference: quantizeSquaredDifference,
  sub: quantizeSub,
  tanh: quantizeTanh,
  transpose: quantizeTranspose,
  transpose_conv: quantizeTransposeConv,
  unary: quantizeUnary,
} satisfies { readonly [O in OpName]: QuantizeFacet };

/** The rule of a node of a verified graph. */
export function ruleOf({ op, attributes }: { readonly op: string; readonly attributes: Attributes }): QuantizeRule {
  const facet = RULES[op as OpName] as QuantizeFacet;
  return typeof facet === "function" ? facet(attributes) : facet;
}
