import type { Numerics } from "../../../host/core/model.js";
import type { Activation } from "../../../host/core/op.js";

/** One product of activations and constant weights to try, whatever their types; absent fields are the plain case. */
export interface ProductEdge {
  readonly op?: "conv2d" | "depthwise_conv2d" | "fully_connected";
  readonly n?: number;
  readonly h?: number;
  readonly w?: number;
  readonly cin?: number;
  readonly cout?: number;
  readonly k?: readonly [number, number];
  readonly s?: readonly [number, number];
  readonly d?: readonly [number, number];
  readonly pad?: readonly [number, number, number, number];
  readonly groups?: number;
  /** Zero point of the weights. */
  readonly zw?: number;
  readonly act?: Activation;
  readonly bias?: boolean;
  readonly perChannel?: boolean;
  readonly numerics?: Numerics;
}
