import type { DType } from "./dtype.js";
import type { QuantizationParams } from "./quantization.js";
import type { Shape } from "./shape.js";

/**
 * The numerics profiles. A model names one; a node names the one it really computes with, because in the
 * `xnnpack` profile the nodes that XNNPACK refuses run TFLite's built-in kernels, that is: `tflite` arithmetic.
 */
export const NUMERICS = ["xnnpack", "tflite", "onnx"] as const;
export type Numerics = (typeof NUMERICS)[number];

/** What a tensor is, without its values: enough for shape inference and type checks. */
export interface TensorType {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization?: QuantizationParams;
}

/** A value edge of the graph. `data` (little-endian, C order) is present exactly for constants. */
export interface Tensor extends TensorType {
  readonly data?: Uint8Array;
}

export type AttributeValue = number | boolean | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One occurrence of an op. Inputs and outputs are tensor indices; an absent optional input is −1. */
export interface Node {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: Attributes;
  readonly numerics: Numerics;
}

/**
 * How a picture becomes the input's real values: real = (pixel − mean[c]) · scale[c], channels in `channelOrder`.
 * `layout` is the order of the tensor's own axes. Lists have one entry, or one per channel.
 */
export interface Preprocessing {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  readonly channelOrder: "rgb" | "bgr" | "gray";
  readonly layout: "nhwc" | "nchw";
}

/**
 * A model: plain readonly data, nodes in execution order. The same shape serves the toolchain (where passes rewrite
 * it) and the runtime (where `format/validate` has proven it).
 */
export interface ModelData {
  readonly name: string;
  readonly description: string;
  readonly numerics: Numerics;
  readonly tensors: readonly Tensor[];
  readonly nodes: readonly Node[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** One label per class, in output order; empty when the model has none. */
  readonly labels: readonly string[];
  /** One entry per model input, `undefined` where nothing is known. */
  readonly preprocessing: readonly (Preprocessing | undefined)[];
}
