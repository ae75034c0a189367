import type { Numerics } from "./model.js";
import { clamp, roundHalfAway, roundHalfEven } from "./rounding.js";

const f = Math.fround;

/** How one range of float32 activations is stored as int8 while a model runs. */
export interface DynamicQuantization {
  /** What values are multiplied with before they are rounded; in "onnx" what they are divided by. */
  readonly factor: number;
  /** What one step of the stored values stands for. */
  readonly step: number;
  readonly zeroPoint: number;
}

/**
 * (80), (81), (108): from the smallest and the largest of the values that share a scale, both taken together with 0. NaN values are
 * not seen.
 */
export function dynamicQuantization(x: Float32Array, numerics: Numerics): DynamicQuantization {
  let low = 0;
  let high = 0;
  for (const value of x) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return PARAMETERS[numerics](low, high);
}

const PARAMETERS = { xnnpack: floatParameters, tflite: doubleParameters, onnx: unsignedParameters } as const;

/** (80) */
function floatParameters(low: number, high: number): DynamicQuantization {
  const factor = low === high ? 1 : f(255 / f(high - low));
  const bottom = f(low * factor);
  const top = f(high * factor);
  const sum = f(f(-128 + bottom) + f(127 + top));
  const zero = sum > 0 ? f(-128 - bottom) : f(127 - top);
  return { factor, step: f(1 / factor), zeroPoint: clamp(roundHalfEven(zero), -128, 127) || 0 };
}

/** (81) */
function doubleParameters(low: number, high: number): DynamicQuantization {
  if (low === high) return { factor: 1, step: 1, zeroPoint: 0 };
  const scale = (high - low) / 255;
  const bottom = -128 - low / scale;
  const top = 127 - high / scale;
  const zero = 128 - low / scale < 127 + high / scale ? bottom : top;
  const step = f(scale);
  return { factor: f(1 / step), step, zeroPoint: roundHalfAway(clamp(zero, -128, 127)) || 0 };
}

/** (108): found as uint8, and 128 lower here. */
function unsignedParameters(low: number, high: number): DynamicQuantization {
  const step = low === high ? 1 : f(f(high - low) / 255);
  const zero = f(0 - f(low / step));
  return { factor: step, step, zeroPoint: Number.isNaN(zero) ? 0 : roundHalfEven(clamp(zero, 0, 255)) - 128 };
}

/** (82): the stored value; NaN is stored as real 0. */
export function quantizeDynamic(x: number, { factor, zeroPoint }: DynamicQuantization, numerics: Numerics): number {
  const scaled = f(numerics === "onnx" ? x / factor : x * factor);
  if (Number.isNaN(scaled)) return zeroPoint;
  if (numerics !== "tflite") return clamp(roundHalfEven(scaled) + zeroPoint, -128, 127);
  return clamp(roundHalfAway(f(zeroPoint + scaled)), -128, 127);
}

/** A node whose activations are quantized while it runs. */
export interface DynamicNode {
  readonly op: "conv2d" | "depthwise_conv2d" | "fully_connected" | "transpose_conv";
  readonly inputShape: readonly number[];
  readonly weightsShape: readonly number[];
  readonly attributes: {
    readonly stride?: readonly number[];
    readonly padding?: readonly number[];
    readonly groups?: number;
  };
}

/**
 * How many runs of consecutive input elements have a scale of their own: every row of a matrix product, else every image; in
 * "onnx" the whole tensor has one. XNNPACK computes a convolution that reads each pixel by itself as a matrix product, unless it has one channel on both
 * sides.
 */
export function rangesOf({ op, inputShape, weightsShape, attributes }: DynamicNode, numerics: Numerics): number {
  if (numerics === "onnx") return 1;
  const elements = inputShape.reduce((product, dimension) => product * dimension, 1);
  if (op === "fully_connected") return elements / weightsShape[1]!;
  const { stride = [], padding = [], groups } = attributes;
  const isPixel =
    op === "conv2d" &&
    weightsShape[0]! * weightsShape[3]! > 1 &&
    weightsShape[1] === 1 &&
    weightsShape[2] === 1 &&
    groups === 1 &&
    stride.every((s) => s === 1) &&
    padding.every((p) => p === 0);
  return isPixel && numerics === "xnnpack" ? elements / inputShape[3]! : inputShape[0]!;
}

/** Whether step and weight scale are multiplied with each other before they are with the accumulator: (84), not (83). */
export function joinsScales(op: DynamicNode["op"], numerics: Numerics): boolean {
  return numerics === "onnx" || (numerics === "tflite" && op !== "depthwise_conv2d");
}
