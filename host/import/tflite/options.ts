import type { Numerics } from "../../core/model.js";

export interface ImportTfliteOptions {
  /** File name for messages and, without its extension, the model's name. Default "model.tflite". */
  readonly name?: string;
  /** Cuts the graph: the model computes these tensors of the file, and only what they need is imported. */
  readonly outputs?: readonly string[];
  /** Shapes for inputs whose shape is dynamic, by name. A dynamic batch is 1 when nothing is said. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Default "xnnpack", what LiteRT computes. The others are refused until they work. */
  readonly numerics?: Numerics;
}
