/**
 * Whose bits to give: "xnnpack", LiteRT's as people run it, which is XNNPACK's for the nodes that it takes and TFLite's
 * built-in kernels' for the rest; "tflite", those of TFLite's reference kernels; "tflite-micro", those of TFLite Micro.
 */
export const TFLITE_NUMERICS = ["xnnpack", "tflite", "tflite-micro"] as const;
export type TfliteNumerics = (typeof TFLITE_NUMERICS)[number];

export interface ImportTfliteOptions {
  /** File name for messages and, without its extension, the model's name. Default "model.tflite". */
  readonly name?: string;
  /** Cuts the graph: the model computes these tensors of the file, and only what they need is imported. */
  readonly outputs?: readonly string[];
  /** Shapes for inputs whose shape is dynamic, by name. A dynamic batch is 1 when nothing is said. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Default "xnnpack". */
  readonly numerics?: TfliteNumerics;
}
