import type { Tensor } from "../../core/model.js";
import { channelsAlong, floatsOf, type QuantizedWeights } from "../weights.js";

/**
 * Which input channel each weight is multiplied with. Weights are [outC, …, inC / groups], or [1, kH, kW, outC] where each
 * output channel reads one input channel.
 */
export function inputChannelOf(
  shape: readonly number[],
  axis: number,
  inputChannels: number,
): (element: number) => number {
  const { channels, channelOf } = channelsAlong(shape, axis);
  if (axis === shape.length - 1) {
    const multiplier = channels / inputChannels;
    return (element) => Math.floor(channelOf(element) / multiplier);
  }
  const depth = shape.at(-1) as number;
  const groups = inputChannels / depth;
  const perGroup = channels / groups;
  return (element) => Math.floor(channelOf(element) / perGroup) * depth + (element % depth);
}

/**
 * A bias that makes good what rounding the weights does to the mean of each output channel:
 *
 *     b'[c] = b[c] − Σ (ŵ − w) · E[x]                                                          (Q8)
 *
 * with E[x] the mean of the weight's input channel in calibration. Bias correction of Nagel et al., "Data-free quantization
 * through weight equalization and bias correction" (2019), with means that were seen instead of derived.
 *
 * @param bias float values, or undefined for none
 * @param means by input channel
 */
export function correctedBias(
  weights: Tensor,
  axis: number,
  bias: Float32Array | undefined,
  { data, scale }: QuantizedWeights,
  means: Float64Array,
): Float32Array {
  const { channels, channelOf } = channelsAlong(weights.shape, axis);
  const inputChannel = inputChannelOf(weights.shape, axis, means.length);
  const values = floatsOf(weights);
  const shift = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) {
    const c = channelOf(i);
    const stored = (data[i] as number) * (scale[scale.length === 1 ? 0 : c] as number);
    shift[c]! += (stored - (values[i] as number)) * (means[inputChannel(i)] as number);
  }
  return Float32Array.from(shift, (mean, c) => (bias?.[c] ?? 0) - mean);
}
