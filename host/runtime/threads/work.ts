import { ELEMENT_BYTES } from "../../core/dtype.js";
import type { ModelData, Node } from "../../core/model.js";
import { elementCount } from "../../core/shape.js";
import { facetOf } from "../facets.js";

/** What an ordinary core does per nanosecond; see plan/shares.ts for how little depends on it. */
const MACS = 40;
const BYTES = 8;

/** Estimated nanoseconds of a node on one thread. */
export function workOf(model: ModelData, node: Node): number {
  const inputs = node.inputs.map((index) => (index < 0 ? undefined : model.tensors[index]));
  const outputs = node.outputs.map((index) => model.tensors[index]!);
  const macs = facetOf(node.op).definition.macs?.(inputs, outputs) ?? 0;
  const activations = [...inputs, ...outputs].filter((tensor) => tensor !== undefined && tensor.data === undefined);
  const bytes = activations.reduce(
    (sum, tensor) => sum + elementCount(tensor!.shape) * ELEMENT_BYTES[tensor!.dtype],
    0,
  );
  return macs / MACS + bytes / BYTES;
}
