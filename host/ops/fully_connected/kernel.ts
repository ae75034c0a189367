import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { planConvolution } from "../../wasm/conv.js";
import type { Convolution } from "../../wasm/convolution.js";
import { planFloatConvolution } from "../../wasm/float-conv.js";
import type { Prepare } from "../../wasm/kernel.js";
import { rarePlans } from "../../wasm/rare.js";
import type { fullyConnected } from "./op.js";

/** A 1×1 convolution over as many pixels as the input has rows. */
export const prepareFullyConnected: Prepare<AttributesOf<typeof fullyConnected>> = (call) => {
  const [input, weights, bias] = call.inputs;
  const output = call.outputs[0]!;
  const [outC, inC] = weights!.shape as [number, number];
  const rows = elementCount(output.shape) / outC;
  const product: Convolution = {
    op: "fully_connected",
    input: input!,
    weights: weights!,
    bias,
    output,
    inputShape: [1, 1, rows, inC],
    outputShape: [1, 1, rows, outC],
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    padding: [0, 0, 0, 0],
    groups: 1,
    weightStride: { channel: inC, depth: 1 },
    numerics: call.numerics,
    module: call.module,
    family: call.family,
    ...call.attributes,
  };
  const isSum = output.dtype === "int32";
  if (isSum || call.attributes.mode === "dynamic-range") return rarePlans().planDynamicConvolution(product);
  if (output.dtype === "int16") return rarePlans().planWideConvolution(product);
  if (call.attributes.kernels === "reference") return rarePlans().planReferenceProduct(product);
  return output.dtype === "float32" ? planFloatConvolution(product) : planConvolution(product);
};
