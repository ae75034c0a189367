import type { AttributesOf } from "../core/op.js";
import { prepareAdd } from "../ops/add/kernel.js";
import { prepareArgMax } from "../ops/arg_max/kernel.js";
import { prepareAveragePool2d } from "../ops/average_pool2d/kernel.js";
import { prepareConcatenation } from "../ops/concatenation/kernel.js";
import { prepareConv2d } from "../ops/conv2d/kernel.js";
import { prepareDepthwiseConv2d } from "../ops/depthwise_conv2d/kernel.js";
import { prepareDequantize } from "../ops/dequantize/kernel.js";
import { prepareFullyConnected } from "../ops/fully_connected/kernel.js";
import { prepareHardSwish } from "../ops/hard_swish/kernel.js";
import type { OPS, OpName } from "../ops/index.js";
import { prepareLeakyRelu } from "../ops/leaky_relu/kernel.js";
import { prepareLogistic } from "../ops/logistic/kernel.js";
import { prepareMaxPool2d } from "../ops/max_pool2d/kernel.js";
import { prepareMean } from "../ops/mean/kernel.js";
import { prepareMul } from "../ops/mul/kernel.js";
import { preparePad } from "../ops/pad/kernel.js";
import { prepareQuantize } from "../ops/quantize/kernel.js";
import { prepareRelu } from "../ops/relu/kernel.js";
import { prepareRequantize } from "../ops/requantize/kernel.js";
import { prepareReshape } from "../ops/reshape/kernel.js";
import { prepareResizeBilinear } from "../ops/resize_bilinear/kernel.js";
import { prepareResizeNearest } from "../ops/resize_nearest/kernel.js";
import { prepareSlice } from "../ops/slice/kernel.js";
import { prepareSoftmax } from "../ops/softmax/kernel.js";
import { prepareSplit } from "../ops/split/kernel.js";
import { prepareSub } from "../ops/sub/kernel.js";
import { prepareTanh } from "../ops/tanh/kernel.js";
import { prepareTranspose } from "../ops/transpose/kernel.js";
import type { Prepare } from "../wasm/kernel.js";

/** How each op becomes kernel calls. A missing row is a compile error that names the op. */
export const PREPARE = {
  add: prepareAdd,
  arg_max: prepareArgMax,
  average_pool2d: prepareAveragePool2d,
  concatenation: prepareConcatenation,
  conv2d: prepareConv2d,
  depthwise_conv2d: prepareDepthwiseConv2d,
  dequantize: prepareDequantize,
  fully_connected: prepareFullyConnected,
  hard_swish: prepareHardSwish,
  leaky_relu: prepareLeakyRelu,
  logistic: prepareLogistic,
  max_pool2d: prepareMaxPool2d,
  mean: prepareMean,
  mul: prepareMul,
  pad: preparePad,
  quantize: prepareQuantize,
  relu: prepareRelu,
  requantize: prepareRequantize,
  reshape: prepareReshape,
  resize_bilinear: prepareResizeBilinear,
  resize_nearest: prepareResizeNearest,
  slice: prepareSlice,
  softmax: prepareSoftmax,
  split: prepareSplit,
  sub: prepareSub,
  tanh: prepareTanh,
  transpose: prepareTranspose,
} satisfies { [O in OpName]: Prepare<AttributesOf<(typeof OPS)[O]>> };
