import type { Tensor } from "../core/model.js";
import type { Convolution } from "./convolution.js";

/**
 * Weights of a float32 convolution, reordered for a register tile. One panel per `nr` output channels of a group, the
 * last one padded with zeros: float32 bias[nr], then weights[k][nr].
 */
export function packFloatPanels(conv: Convolution, k: number, nr: number): Uint8Array {
  const channels = conv.outputShape[3]!;
  const groupOut = channels / conv.groups;
  const panels = Math.ceil(groupOut / nr);
  const weights = floatValues(conv.weights)!;
  const bias = floatValues(conv.bias);
  const packed = new Float32Array(conv.groups * panels * nr * (1 + k));
  let panel = 0;
  for (let group = 0; group < channels; group += groupOut) {
    for (let first = group; first < group + groupOut; first += nr) {
      const count = Math.min(nr, group + groupOut - first);
      for (let n = 0; n < count; n++) {
        const from = (first + n) * conv.weightStride.channel;
        packed[panel + n] = bias ? bias[first + n]! : 0;
        for (let i = 0; i < k; i++) packed[panel + (i + 1) * nr + n] = weights[from + i * conv.weightStride.depth]!;
      }
      panel += nr * (1 + k);
    }
  }
  return new Uint8Array(packed.buffer);
}

/** bias[channels], then weights[kernelHeight][kernelWidth][channels]: the tensor's own order. */
export function packFloatDepthwise(conv: Convolution): Uint8Array {
  const weights = floatValues(conv.weights)!;
  const channels = conv.outputShape[3]!;
  const packed = new Float32Array(channels + weights.length);
  const bias = floatValues(conv.bias);
  if (bias) packed.set(bias);
  packed.set(weights, channels);
  return new Uint8Array(packed.buffer);
}

/** The float32 values of a constant, aligned. */
export function floatValues(tensor: Tensor | undefined): Float32Array | undefined {
  return tensor?.data && new Float32Array(tensor.data.slice().buffer);
}
