import { prepareArgMax } from "../ops/arg_max/kernel.js";
import { argMax } from "../ops/arg_max/op.js";
import { prepareBatchMatmul } from "../ops/batch_matmul/kernel.js";
import { batchMatmul } from "../ops/batch_matmul/op.js";
import { prepareBroadcastTo } from "../ops/broadcast_to/kernel.js";
import { broadcastTo } from "../ops/broadcast_to/op.js";
import { prepareCast } from "../ops/cast/kernel.js";
import { cast } from "../ops/cast/op.js";
import { prepareClip } from "../ops/clip/kernel.js";
import { clip } from "../ops/clip/op.js";
import { prepareDiv } from "../ops/div/kernel.js";
import { div } from "../ops/div/op.js";
import { prepareElu } from "../ops/elu/kernel.js";
import { elu } from "../ops/elu/op.js";
import { prepareGather } from "../ops/gather/kernel.js";
import { gather } from "../ops/gather/op.js";
import { prepareHardSigmoid } from "../ops/hard_sigmoid/kernel.js";
import { hardSigmoid } from "../ops/hard_sigmoid/op.js";
import { prepareHardSwish } from "../ops/hard_swish/kernel.js";
import { hardSwish } from "../ops/hard_swish/op.js";
import type { OpName } from "../ops/index.js";
import { prepareLeakyRelu } from "../ops/leaky_relu/kernel.js";
import { leakyRelu } from "../ops/leaky_relu/op.js";
import { prepareLogSoftmax } from "../ops/log_softmax/kernel.js";
import { logSoftmax } from "../ops/log_softmax/op.js";
import { prepareLogistic } from "../ops/logistic/kernel.js";
import { logistic } from "../ops/logistic/op.js";
import { prepareLrn } from "../ops/lrn/kernel.js";
import { lrn } from "../ops/lrn/op.js";
import { prepareMaximum } from "../ops/maximum/kernel.js";
import { maximum } from "../ops/maximum/op.js";
import { prepareMinimum } from "../ops/minimum/kernel.js";
import { minimum } from "../ops/minimum/op.js";
import { prepareMul } from "../ops/mul/kernel.js";
import { mul } from "../ops/mul/op.js";
import { preparePow } from "../ops/pow/kernel.js";
import { pow } from "../ops/pow/op.js";
import { preparePrelu } from "../ops/prelu/kernel.js";
import { prelu } from "../ops/prelu/op.js";
import { prepareReduce } from "../ops/reduce/kernel.js";
import { reduce } from "../ops/reduce/op.js";
import { prepareResizeBilinear } from "../ops/resize_bilinear/kernel.js";
import { resizeBilinear } from "../ops/resize_bilinear/op.js";
import { prepareResizeNearest } from "../ops/resize_nearest/kernel.js";
import { resizeNearest } from "../ops/resize_nearest/op.js";
import { prepareSlice } from "../ops/slice/kernel.js";
import { slice } from "../ops/slice/op.js";
import { prepareSplit } from "../ops/split/kernel.js";
import { split } from "../ops/split/op.js";
import { prepareSquaredDifference } from "../ops/squared_difference/kernel.js";
import { squaredDifference } from "../ops/squared_difference/op.js";
import { prepareSub } from "../ops/sub/kernel.js";
import { sub } from "../ops/sub/op.js";
import { prepareTanh } from "../ops/tanh/kernel.js";
import { tanh } from "../ops/tanh/op.js";
import { prepareTranspose } from "../ops/transpose/kernel.js";
import { transpose } from "../ops/transpose/op.js";
import { prepareTransposeConv } from "../ops/transpose_conv/kernel.js";
import { transposeConv } from "../ops/transpose_conv/op.js";
import { prepareUnary } from "../ops/unary/kernel.js";
import { unary } from "../ops/unary/op.js";
import { facet } from "./facet.js";
import type { COMMON } from "./facets-common.js";

/** All other ops. */
export const OTHER = {
  arg_max: facet(argMax, prepareArgMax),
  hard_swish: facet(hardSwish, prepareHardSwish),
  leaky_relu: facet(leakyRelu, prepareLeakyRelu),
  logistic: facet(logistic, prepareLogistic),
  mul: facet(mul, prepareMul),
  resize_bilinear: facet(resizeBilinear, prepareResizeBilinear),
  resize_nearest: facet(resizeNearest, prepareResizeNearest),
  slice: facet(slice, prepareSlice),
  split: facet(split, prepareSplit),
  sub: facet(sub, prepareSub),
  tanh: facet(tanh, prepareTanh),
  transpose: facet(transpose, prepareTranspose),
  unary: facet(unary, prepareUnary),
  elu: facet(elu, prepareElu),
  hard_sigmoid: facet(hardSigmoid, prepareHardSigmoid),
  clip: facet(clip, prepareClip),
  div: facet(div, prepareDiv),
  maximum: facet(maximum, prepareMaximum),
  minimum: facet(minimum, prepareMinimum),
  squared_difference: facet(squaredDifference, prepareSquaredDifference),
  pow: facet(pow, preparePow),
  prelu: facet(prelu, preparePrelu),
  transpose_conv: facet(transposeConv, prepareTransposeConv),
  log_softmax: facet(logSoftmax, prepareLogSoftmax),
  reduce: facet(reduce, prepareReduce),
  gather: facet(gather, prepareGather),
  cast: facet(cast, prepareCast),
  batch_matmul: facet(batchMatmul, prepareBatchMatmul),
  lrn: facet(lrn, prepareLrn),
  broadcast_to: facet(broadcastTo, prepareBroadcastTo),
};

/** A compile error here names an op that is in neither table. */
type Missing = Exclude<OpName, keyof typeof COMMON | keyof typeof OTHER>;
export const NONE_MISSING: [Missing] extends [never] ? true : Missing = true;
