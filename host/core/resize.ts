/** Positions and weights of image resizing along one axis, for each output index. f(x) is rounding to float32. */
import { clamp, roundHalfAway, roundHalfEven } from "./rounding.js";

export interface ResizeMode {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Output i lies between inputs lower[i] and upper[i], `weight[i]` of the way. */
export interface ResizeAxis<W extends Float32Array | Int32Array> {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly weight: W;
}

const f = Math.fround;

/** (32) The float position of output i: XNNPACK's, used for float32 tensors in every profile. */
export function resizeAxis(input: number, output: number, mode: ResizeMode): ResizeAxis<Float32Array> {
  const adjust = mode.alignCorners && output > 1 ? 1 : 0;
  const scale = f((input - adjust) / (output - adjust));
  const center = mode.halfPixelCenters && !mode.alignCorners ? f(f(0.5 * scale) - 0.5) : 0;
  const axis = emptyAxis(output, new Float32Array(output));
  for (let i = 0; i < output; i++) {
    const position = clamp(f(f(i * scale) + center), 0, input - 1);
    const lower = Math.trunc(position);
    axis.lower[i] = lower;
    axis.upper[i] = Math.min(lower + 1, input - 1);
    axis.weight[i] = position - lower;
  }
  return axis;
}

/** (33) The same position with an 11-bit weight: "xnnpack" on int8. */
export function resizeAxis11(input: number, output: number, mode: ResizeMode): ResizeAxis<Int32Array> {
  const { lower, upper, weight } = resizeAxis(input, output, mode);
  return { lower, upper, weight: Int32Array.from(weight, (w) => roundHalfEven(f(w * 2048))) };
}

/**
 * (34) Integer positions with a 10-bit weight, which is negative before the first half-pixel center: "tflite" on int8.
 * The scale is rounded, so where an axis of few elements grows to more than 1024, positions run past the last one.
 */
export function resizeAxis10(input: number, output: number, mode: ResizeMode): ResizeAxis<Int32Array> {
  const adjust = mode.alignCorners && output > 1 ? 1 : 0;
  const scale = Math.floor((1024 * (input - adjust) + Math.floor((output - adjust) / 2)) / (output - adjust));
  const axis = emptyAxis(output, new Int32Array(output));
  for (let i = 0; i < output; i++) {
    const position = mode.halfPixelCenters ? i * scale + Math.floor(scale / 2) - 512 : i * scale;
    const lower = Math.max(Math.trunc(position / 1024), 0);
    axis.lower[i] = Math.min(lower, input - 1);
    axis.upper[i] = Math.min(Math.trunc((position + 1023) / 1024), input - 1);
    axis.weight[i] = position - 1024 * lower;
  }
  return axis;
}

/** (35) TFLite's own float positions, which are not clamped below: "tflite" on uint8. */
export function resizeAxisUnsigned(input: number, output: number, mode: ResizeMode): ResizeAxis<Float32Array> {
  const adjust = mode.alignCorners && output > 1 ? 1 : 0;
  const scale = f((input - adjust) / (output - adjust));
  const axis = emptyAxis(output, new Float32Array(output));
  for (let i = 0; i < output; i++) {
    const position = mode.halfPixelCenters ? f(f(f(i + 0.5) * scale) - 0.5) : f(i * scale);
    const lower = Math.max(Math.floor(position), 0);
    axis.lower[i] = Math.min(lower, input - 1);
    axis.upper[i] = Math.min(Math.ceil(position), input - 1);
    axis.weight[i] = position - lower;
  }
  return axis;
}

/** (36) The input index each output index copies. */
export function nearestIndices(input: number, output: number, mode: ResizeMode): Int32Array {
  const adjust = mode.alignCorners && output > 1 ? 1 : 0;
  const scale = f((input - adjust) / (output - adjust));
  return Int32Array.from({ length: output }, (_, i) => {
    const position = f(f(i + (mode.halfPixelCenters ? 0.5 : 0)) * scale);
    return Math.min(mode.alignCorners ? roundHalfAway(position) : Math.floor(position), input - 1);
  });
}

function emptyAxis<W extends Float32Array | Int32Array>(output: number, weight: W): ResizeAxis<W> {
  return { lower: new Int32Array(output), upper: new Int32Array(output), weight };
}
