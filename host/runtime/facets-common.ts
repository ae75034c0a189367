import { prepareAdd } from "../ops/add/kernel.js";
import { add } from "../ops/add/op.js";
import { prepareAveragePool2d } from "../ops/average_pool2d/kernel.js";
import { averagePool2d } from "../ops/average_pool2d/op.js";
import { prepareConcatenation } from "../ops/concatenation/kernel.js";
import { concatenation } from "../ops/concatenation/op.js";
import { prepareConv2d } from "../ops/conv2d/kernel.js";
import { conv2d } from "../ops/conv2d/op.js";
import { prepareDepthwiseConv2d } from "../ops/depthwise_conv2d/kernel.js";
import { depthwiseConv2d } from "../ops/depthwise_conv2d/op.js";
import { prepareDequantize } from "../ops/dequantize/kernel.js";
import { dequantize } from "../ops/dequantize/op.js";
import { prepareFullyConnected } from "../ops/fully_connected/kernel.js";
import { fullyConnected } from "../ops/fully_connected/op.js";
import { prepareMaxPool2d } from "../ops/max_pool2d/kernel.js";
import { maxPool2d } from "../ops/max_pool2d/op.js";
import { prepareMean } from "../ops/mean/kernel.js";
import { mean } from "../ops/mean/op.js";
import { preparePad } from "../ops/pad/kernel.js";
import { pad } from "../ops/pad/op.js";
import { prepareQuantize } from "../ops/quantize/kernel.js";
import { quantize } from "../ops/quantize/op.js";
import { prepareRelu } from "../ops/relu/kernel.js";
import { relu } from "../ops/relu/op.js";
import { prepareRequantize } from "../ops/requantize/kernel.js";
import { requantize } from "../ops/requantize/op.js";
import { prepareReshape } from "../ops/reshape/kernel.js";
import { reshape } from "../ops/reshape/op.js";
import { prepareSoftmax } from "../ops/softmax/kernel.js";
import { softmax } from "../ops/softmax/op.js";
import { facet } from "./facet.js";

/** Ops of convolutional networks: most models need no others. */
export const COMMON = {
  add: facet(add, prepareAdd),
  average_pool2d: facet(averagePool2d, prepareAveragePool2d),
  concatenation: facet(concatenation, prepareConcatenation),
  conv2d: facet(conv2d, prepareConv2d),
  depthwise_conv2d: facet(depthwiseConv2d, prepareDepthwiseConv2d),
  dequantize: facet(dequantize, prepareDequantize),
  fully_connected: facet(fullyConnected, prepareFullyConnected),
  max_pool2d: facet(maxPool2d, prepareMaxPool2d),
  mean: facet(mean, prepareMean),
  pad: facet(pad, preparePad),
  quantize: facet(quantize, prepareQuantize),
  relu: facet(relu, prepareRelu),
  requantize: facet(requantize, prepareRequantize),
  reshape: facet(reshape, prepareReshape),
  softmax: facet(softmax, prepareSoftmax),
};
