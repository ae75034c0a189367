import type { ReadExternal } from "./tensor-data.js";

export interface ImportOnnxOptions {
  /** File name for messages and, without its extension, the model's name. Default "model.onnx". */
  readonly name?: string;
  /** Cuts the graph: the model computes these values of the file, and only what they need is imported. */
  readonly outputs?: readonly string[];
  /** Numbers for symbolic dimensions, by name. A leading dimension without one is 1. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Whole shapes for inputs, by name, in the file's order of axes. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /**
   * How the caller sees inputs and outputs of rank 4. "file" (default): in the file's order of axes, which is [N,C,H,W]
   * for pictures, so that what went into ONNX Runtime goes in here. "nhwc": channels last, as pictures are in memory and
   * as the model computes inside, which saves a transposition at either end.
   */
  readonly layout?: "file" | "nhwc";
  /**
   * Reads a file beside the model, by the relative path that the model names; called for tensors that are stored there.
   * Without it such models are refused. The path has been checked not to leave the folder by itself; links are the
   * reader's to check.
   */
  readonly readExternal?: ReadExternal;
}
