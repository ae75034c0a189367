/**
 * Runs a model slowly and obviously: the oracle every kernel is compared with.
 */
import { elementsOf, type TypedData } from "../core/dtype.js";
import { ShapeError, UnsupportedOpError } from "../core/errors.js";
import type { Reference, Value } from "../core/evaluate.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import type { AttributesOf } from "../core/op.js";
import { elementCount } from "../core/shape.js";
import { referenceAdd } from "../ops/add/reference.js";
import { referenceArgMax } from "../ops/arg_max/reference.js";
import { referenceAveragePool2d } from "../ops/average_pool2d/reference.js";
import { referenceBatchMatmul } from "../ops/batch_matmul/reference.js";
import { referenceBroadcastTo } from "../ops/broadcast_to/reference.js";
import { referenceCast } from "../ops/cast/reference.js";
import { referenceClip } from "../ops/clip/reference.js";
import { referenceConcatenation } from "../ops/concatenation/reference.js";
import { referenceConv2d } from "../ops/conv2d/reference.js";
import { referenceDepthwiseConv2d } from "../ops/depthwise_conv2d/reference.js";
import { referenceDequantize } from "../ops/dequantize/reference.js";
import { referenceDiv } from "../ops/div/reference.js";
import { referenceElu } from "../ops/elu/reference.js";
import { referenceFullyConnected } from "../ops/fully_connected/reference.js";
import { referenceGather } from "../ops/gather/reference.js";
import { referenceHardSigmoid } from "../ops/hard_sigmoid/reference.js";
import { referenceHardSwish } from "../ops/hard_swish/reference.js";
import { findOp, type OPS, type OpName } from "../ops/index.js";
import { referenceLeakyRelu } from "../ops/leaky_relu/reference.js";
import { referenceLogSoftmax } from "../ops/log_softmax/reference.js";
import { referenceLogistic } from "../ops/logistic/reference.js";
import { referenceLrn } from "../ops/lrn/reference.js";
import { referenceMaxPool2d } from "../ops/max_pool2d/reference.js";
import { referenceMaximum } from "../ops/maximum/reference.js";
import { referenceMean } from "../ops/mean/reference.js";
import { referenceMinimum } from "../ops/minimum/reference.js";
import { referenceMul } from "../ops/mul/reference.js";
import { referencePad } from "../ops/pad/reference.js";
import { referencePow } from "../ops/pow/reference.js";
import { referencePrelu } from "../ops/prelu/reference.js";
import { referenceQuantize } from "../ops/quantize/reference.js";
import { referenceReduce } from "../ops/reduce/reference.js";
import { referenceRelu } from "../ops/relu/reference.js";
import { referenceRequantize } from "../ops/requantize/reference.js";
import { referenceReshape } from "../ops/reshape/reference.js";
import { referenceResizeBilinear } from "../ops/resize_bilinear/reference.js";
import { referenceResizeNearest } from "../ops/resize_nearest/reference.js";
import { referenceSlice } from "../ops/slice/reference.js";
import { referenceSoftmax } from "../ops/softmax/reference.js";
import { referenceSplit } from "../ops/split/reference.js";
import { referenceSquaredDifference } from "../ops/squared_difference/reference.js";
import { referenceSub } from "../ops/sub/reference.js";
import { referenceTanh } from "../ops/tanh/reference.js";
import { referenceTranspose } from "../ops/transpose/reference.js";
import { referenceTransposeConv } from "../ops/transpose_conv/reference.js";
import { referenceUnary } from "../ops/unary/reference.js";

/** The normative meaning of every op. */
export const REFERENCE = {
  conv2d: referenceConv2d,
  depthwise_conv2d: referenceDepthwiseConv2d,
  fully_connected: referenceFullyConnected,
  average_pool2d: referenceAveragePool2d,
  max_pool2d: referenceMaxPool2d,
  mean: referenceMean,
  add: referenceAdd,
  sub: referenceSub,
  mul: referenceMul,
  relu: referenceRelu,
  leaky_relu: referenceLeakyRelu,
  hard_swish: referenceHardSwish,
  logistic: referenceLogistic,
  tanh: referenceTanh,
  softmax: referenceSoftmax,
  quantize: referenceQuantize,
  dequantize: referenceDequantize,
  requantize: referenceRequantize,
  pad: referencePad,
  concatenation: referenceConcatenation,
  split: referenceSplit,
  reshape: referenceReshape,
  transpose: referenceTranspose,
  slice: referenceSlice,
  resize_bilinear: referenceResizeBilinear,
  resize_nearest: referenceResizeNearest,
  arg_max: referenceArgMax,
  unary: referenceUnary,
  elu: referenceElu,
  hard_sigmoid: referenceHardSigmoid,
  clip: referenceClip,
  div: referenceDiv,
  maximum: referenceMaximum,
  minimum: referenceMinimum,
  squared_difference: referenceSquaredDifference,
  pow: referencePow,
  prelu: referencePrelu,
  transpose_conv: referenceTransposeConv,
  log_softmax: referenceLogSoftmax,
  reduce: referenceReduce,
  gather: referenceGather,
  cast: referenceCast,
  batch_matmul: referenceBatchMatmul,
  lrn: referenceLrn,
  broadcast_to: referenceBroadcastTo,
} satisfies { [O in OpName]: Reference<AttributesOf<(typeof OPS)[O]>> };

/**
 * Every tensor's values after one run of the model, constants and inputs included; index = tensor index. Tensors that
 * no node produces stay empty.
 */
export function runReference(model: ModelData, inputs: readonly TypedData[]): TypedData[] {
  const values: (Value | undefined)[] = model.tensors.map((tensor) =>
    tensor.data === undefined ? undefined : { ...tensor, data: elementsOf(tensor.dtype, tensor.data) },
  );
  model.inputs.forEach((index, i) => {
    const tensor = model.tensors[index] as Tensor;
    const data = inputs[i];
    if (data?.length !== elementCount(tensor.shape)) {
      throw new ShapeError(
        `input "${tensor.name}" takes ${elementCount(tensor.shape)} elements, received ${data?.length ?? "nothing"}`,
      );
    }
    values[index] = { ...tensor, data };
  });
  for (const node of model.nodes) {
    runNode(node, model.tensors, values).forEach((data, i) => {
      const index = node.outputs[i] as number;
      values[index] = { ...(model.tensors[index] as Tensor), data };
    });
  }
  return values.map((value) => value?.data ?? new Int8Array(0));
}

/** One node's outputs. `values` are indexed as `tensors`. */
export function runNode(
  node: Node,
  tensors: readonly Tensor[],
  values: readonly (Value | undefined)[],
): readonly TypedData[] {
  if (findOp(node.op) === undefined) {
    throw new UnsupportedOpError("unknown-op", `node "${node.name}": there is no op "${node.op}"`);
  }
  // The op is only known at run time; its attributes were checked against its schema when the model was validated.
  const reference = REFERENCE[node.op as OpName] as Reference<unknown>;
  return reference({
    inputs: node.inputs.map((index) => (index < 0 ? undefined : values[index])),
    outputs: node.outputs.map((index) => tensors[index] as Tensor),
    attributes: node.attributes,
    numerics: node.numerics,
  });
}
