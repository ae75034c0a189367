import { elementsOf } from "../core/dtype.js";
import { QuantizationError } from "../core/errors.js";
import type { Tensor } from "../core/model.js";
import { isNormal } from "../core/quantization.js";
import { clamp, roundHalfEven } from "../core/rounding.js";
import { elementCount } from "../core/shape.js";
import { nextPowerOfTwo } from "./scheme.js";

/** How weights are quantized: symmetric, zero point 0, so that no correction for the input's sum is needed per weight. */
export interface WeightScheme {
  /** A scale per output channel, or one for all. */
  readonly perChannel: boolean;
  readonly powerOfTwo: boolean;
  /** 8 for −127 … 127, or fewer: 4 for −7 … 7, stored in int8 all the same. */
  readonly bits: number;
  /** "max": the largest weight is representable. "mse": whatever has the least squared error. */
  readonly clip: "max" | "mse";
}

export interface QuantizedWeights {
  readonly data: Int8Array;
  /** One per output channel, or one. */
  readonly scale: readonly number[];
}

/** Weights by output channel: `channels` of them, `channelOf(i)` that of element i. */
export interface Channels {
  readonly channels: number;
  channelOf(element: number): number;
}

/** Which elements of a tensor belong to one index of `axis`. */
export function channelsAlong(shape: readonly number[], axis: number): Channels {
  const inner = elementCount(shape.slice(axis + 1));
  const channels = shape[axis] as number;
  return { channels, channelOf: (element) => Math.floor(element / inner) % channels };
}

/** The float values of a constant. */
export function floatsOf(tensor: Tensor): Float32Array {
  return elementsOf("float32", tensor.data as Uint8Array) as Float32Array;
}

/** The largest stored weight: 127 for 8 bits, 7 for 4. */
export function largestWeight(bits: number): number {
  return 2 ** (bits - 1) - 1;
}

/** An accumulator starts with its bias, and has to have room for products. */
const LARGEST_BIAS = 2 ** 30;
/** Resolution of a bias whose channel has no weights that would give it a scale. */
const FINE_BIAS = 2 ** 20;

/**
 * Scales of weights: s_w[c] = max |w[c]| / 127 (Q4), or the clipped maximum that has the least squared error; raised where
 * the bias in units of s_x · s_w[c] would not fit into its half of an int32.
 *
 * @param bias float values per channel
 * @param inputScale s_x
 */
export function weightScales(
  weights: Tensor,
  axis: number,
  scheme: WeightScheme,
  bias: Float32Array | undefined,
  inputScale: number,
): number[] {
  const values = floatsOf(weights);
  const { channels, channelOf } = channelsAlong(weights.shape, axis);
  const limit = largestWeight(scheme.bits);
  const largest = new Float64Array(scheme.perChannel ? channels : 1);
  const slot = scheme.perChannel ? channelOf : () => 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i] as number);
    if (!Number.isFinite(value)) throw new QuantizationError(`weights "${weights.name}" have the value ${values[i]}`);
    const c = slot(i);
    if (value > (largest[c] as number)) largest[c] = value;
  }
  const round = scheme.powerOfTwo ? nextPowerOfTwo : Math.fround;
  const scales = largest.map((max) => max / limit);
  if (scheme.clip === "mse") clipScales(scales, values, slot, limit, round);
  for (let c = 0; c < (bias?.length ?? 0); c++) {
    const s = scheme.perChannel ? c : 0;
    const size = Math.abs(bias?.[c] as number);
    const least = size / inputScale / ((largest[s] as number) > 0 ? LARGEST_BIAS : FINE_BIAS);
    if ((scales[s] as number) < least) scales[s] = least;
  }
  return [...scales].map((scale) => toScale(round(scale === 0 ? 1 : scale), weights.name));
}

function toScale(scale: number, name: string): number {
  // Weights this small are 0 beside any input; the least normal number stores them as that.
  if (scale < 2 ** -126) return 2 ** -126;
  if (!isNormal(scale)) throw new QuantizationError(`weights "${name}" need the scale ${scale}, which float32 has not`);
  return scale;
}

/** Shares of the largest weight that are tried as the largest representable one. */
const SHARES = Array.from({ length: 60 }, (_, i) => 1 - i / 80);

/** Replaces each slot's scale by `round(share · scale)` of the share with the least Σ (w − ŵ)². */
function clipScales(
  scales: Float64Array,
  values: Float32Array,
  slot: (element: number) => number,
  limit: number,
  round: (scale: number) => number,
): void {
  const widest = scales.slice();
  const least = new Float64Array(scales.length).fill(Number.POSITIVE_INFINITY);
  for (const share of SHARES) {
    const tried = widest.map((scale) => round(scale * share));
    const error = new Float64Array(scales.length);
    for (let i = 0; i < values.length; i++) {
      const c = slot(i);
      const scale = tried[c] as number;
      if (scale === 0) continue;
      const value = values[i] as number;
      const difference = value - scale * clamp(roundHalfEven(value / scale), -limit, limit);
      error[c]! += difference * difference;
    }
    error.forEach((sum, c) => {
      if (sum >= (least[c] as number)) return;
      least[c] = sum;
      scales[c] = tried[c] as number;
    });
  }
}

/** Stored weights: clamp(rne(w / s_w[c])) (Q4). */
export function roundWeights(weights: Tensor, axis: number, scale: readonly number[], bits: number): Int8Array {
  const values = floatsOf(weights);
  const { channelOf } = channelsAlong(weights.shape, axis);
  const limit = largestWeight(bits);
  const data = new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const s = scale[scale.length === 1 ? 0 : channelOf(i)] as number;
    data[i] = clamp(roundHalfEven((values[i] as number) / s), -limit, limit);
  }
  return data;
}

/** A bias in units of the accumulator: rne(b / (s_x · s_w[c])) (Q5). */
export function roundBias(bias: Float32Array, inputScale: number, scale: readonly number[]): Int32Array {
  return Int32Array.from(bias, (value, c) => {
    const s = scale[scale.length === 1 ? 0 : c] as number;
    return clamp(roundHalfEven(value / (inputScale * s)), -LARGEST_BIAS, LARGEST_BIAS);
  });
}
