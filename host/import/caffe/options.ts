import type { Ties } from "./value.js";

export interface ImportCaffeOptions {
  /** Name of the .prototxt for messages and, without its extension, the model's name. Default "net.prototxt". */
  readonly name?: string;
  /** Name of the .caffemodel for messages. Default "net.caffemodel". */
  readonly weightsName?: string;
  /** Cuts the graph: the model computes these blobs, and only what they need is imported. */
  readonly outputs?: readonly string[];
  /** Whole shapes for inputs, by name, in the file's order of axes: another batch or size than the file says. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /**
   * How the caller sees inputs and outputs of rank 4. "file" (default): [N,C,H,W], so that what went into Caffe goes in
   * here. "nhwc": channels last, as pictures are in memory and as the model computes inside.
   */
  readonly layout?: "file" | "nhwc";
  /**
   * How Ristretto's layers round ties: "even" (default), as its GPU code, or "away" from zero, as its CPU code. Either is
   * exact; the second takes more nodes, because few integer kernels round like that.
   */
  readonly ties?: Ties;
}
