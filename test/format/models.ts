import type { ModelData, Tensor } from "../../host/core/model.js";

/** A tensor of int8 activations. */
export function activation(name: string, shape: readonly number[], scale = 0.5, zeroPoint = 0): Tensor {
  return { name, dtype: "int8", shape, quantization: { scale: [scale], zeroPoint } };
}

/** The two-op model of docs/qbin.md: a 1x1 convolution with two scales, and a softmax. */
export function tinyModel(): ModelData {
  return {
    name: "tiny",
    description: "",
    numerics: "xnnpack",
    labels: ["no", "yes"],
    inputs: [0],
    outputs: [4],
    preprocessing: [{ mean: [127.5], scale: [0.0078125], channelOrder: "gray", layout: "nhwc" }],
    tensors: [
      activation("image", [1, 1, 1, 1], 0.0078125),
      {
        name: "kernel",
        dtype: "int8",
        shape: [2, 1, 1, 1],
        quantization: { scale: [0.25, 0.125], zeroPoint: 0, axis: 0 },
        data: Uint8Array.of(127, 129),
      },
      { name: "bias", dtype: "int32", shape: [2], data: Uint8Array.of(1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff) },
      activation("features", [1, 1, 1, 2]),
      activation("scores", [1, 1, 1, 2], 0.00390625, -128),
    ],
    nodes: [
      {
        op: "conv2d",
        name: "conv",
        inputs: [0, 1, 2],
        outputs: [3],
        attributes: {
          stride: [1, 1],
          dilation: [1, 1],
          padding: [0, 0, 0, 0],
          groups: 1,
          activation: "none",
          unsigned: false,
        },
        numerics: "xnnpack",
      },
      {
        op: "softmax",
        name: "softmax",
        inputs: [3],
        outputs: [4],
        attributes: { beta: 1, unsigned: false },
        numerics: "tflite",
      },
    ],
  };
}
