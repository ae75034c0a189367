import type { AttributesOf } from "../core/op.js";
import { prepareConv2d } from "../ops/conv2d/kernel.js";
import { prepareDepthwiseConv2d } from "../ops/depthwise_conv2d/kernel.js";
import { prepareFullyConnected } from "../ops/fully_connected/kernel.js";
import type { OPS, OpName } from "../ops/index.js";
import type { Prepare } from "../wasm/kernel.js";

/** How each op becomes kernel calls. A missing row is a compile error that names the op. */
export const PREPARE = {
  conv2d: prepareConv2d,
  depthwise_conv2d: prepareDepthwiseConv2d,
  fully_connected: prepareFullyConnected,
} satisfies { [O in OpName]?: Prepare<AttributesOf<(typeof OPS)[O]>> };
