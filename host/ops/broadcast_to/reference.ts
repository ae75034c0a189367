import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { broadcastOffsets, gather } from "../../core/strided.js";
import type { broadcastTo } from "./op.js";

/** (37). */
export const referenceBroadcastTo: Reference<AttributesOf<typeof broadcastTo>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  return [gather(input, broadcastOffsets(input.shape, output.shape), output)];
};
