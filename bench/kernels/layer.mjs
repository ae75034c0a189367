/** One layer of a shape list as a model of one node, with seeded weights. */
import { constant, float32, int8, Random, singleNode } from "../../test/conformance/case.ts";

/** Any zero point but 0: what uint8 models have. */
const WEIGHTS_ZERO_POINT = -7;

/**
 * @param {import("./shapes.mjs").Layer} layer
 * @param {"int8" | "float32"} dtype
 * @returns {{ model: import("../../host/core/model.ts").ModelData, input: Int8Array | Float32Array }}
 */
export function layerModel(layer, dtype) {
  const { op, input, kernel, stride, padding, output, weights } = layer;
  const [height, width, inC] = input;
  const outC = output[2];
  const isProduct = op === "fully_connected";
  const weightShape = {
    conv2d: [outC, ...kernel, inC],
    depthwise_conv2d: [1, ...kernel, outC],
    fully_connected: [outC, inC],
  }[op];
  const count = weightShape.reduce((a, b) => a * b);
  const random = new Random(1);
  const inputShape = isProduct ? [width, inC] : [1, height, width, inC];
  const attributes = {
    ...(isProduct ? {} : { stride, padding, dilation: [1, 1] }),
    ...(op === "conv2d" ? { groups: 1 } : {}),
    activation: "relu",
    unsigned: weights === "uint8" && dtype === "int8",
  };
  if (dtype === "float32") {
    const tensors = [
      float32("x", inputShape),
      constant(float32("w", weightShape), random.float32s(count)),
      constant(float32("b", [outC]), random.float32s(outC)),
    ];
    const model = singleNode(op, tensors, [{ name: "y", dtype }], attributes);
    return { model, input: random.float32s(height * width * inC) };
  }
  const zeroPoint = weights === "uint8" ? WEIGHTS_ZERO_POINT : 0;
  const quantization = { scale: [Math.fround(0.01)], zeroPoint };
  const bias = Int32Array.from({ length: outC }, () => random.int(-5000, 5000));
  const tensors = [
    int8("x", inputShape, 0.05, 3),
    constant({ name: "w", dtype: "int8", shape: weightShape, quantization }, random.int8s(count, -127)),
    constant({ name: "b", dtype: "int32", shape: [outC] }, bias),
  ];
  const model = singleNode(
    op,
    tensors,
    [{ name: "y", dtype, quantization: { scale: [Math.fround(0.3)], zeroPoint: -5 } }],
    attributes,
  );
  return { model, input: random.int8s(height * width * inC) };
}
