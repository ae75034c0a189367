import type { ModelData, Tensor } from "../../host/core/model.js";

/** A tensor of int8 activations. */
export function activation(name: string, shape: readonly number[], scale = 0.5, zeroPoint = 0): Tensor {
  return { name, dtype: "int8", shape, quantization: { scale: [scale], zeroPoint } };
}

/** One row of three weights that are indices of a codebook, in groups of two: 3 · 0.5 is its last value. */
export function storedModel(): ModelData {
  const float = (name: string, shape: readonly number[]): Tensor => ({ name, dtype: "float32", shape });
  const codebook = Array.from({ length: 16 }, (_, i) => i / 5).map(Math.fround);
  const weights: Tensor = {
    name: "weights",
    dtype: "uint4",
    shape: [1, 3],
    quantization: { scale: [2, 0.5], zeroPoint: 0, axis: 0, group: 2, codebook },
    data: Uint8Array.of(0x21, 0x0f),
  };
  return {
    name: "stored",
    description: "",
    numerics: "xnnpack",
    labels: [],
    inputs: [0],
    outputs: [2],
    preprocessing: [undefined],
    tensors: [float("x", [1, 3]), weights, float("y", [1, 1])],
    nodes: [
      {
        op: "fully_connected",
        name: "product",
        inputs: [0, 1, -1],
        outputs: [2],
        attributes: { activation: "none", unsigned: false },
        numerics: "xnnpack",
      },
    ],
  };
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
