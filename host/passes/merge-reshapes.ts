import type { ModelData, Node } from "../core/model.js";
import { rewrite } from "../graph/rewrite.js";

/** Lets a reshape of a reshape read what the first one reads; the first then is dead unless something else needs it. */
export function mergeReshapes(model: ModelData): ModelData {
  const change = new Map<Node, Node>();
  /** Result of a reshape → what the first reshape of its chain reads. */
  const origins = new Map<number, number>();
  for (const node of model.nodes) {
    if (node.op !== "reshape") continue;
    const [from, to] = [node.inputs[0] as number, node.outputs[0] as number];
    const origin = origins.get(from) ?? from;
    origins.set(to, origin);
    if (origin !== from) change.set(node, { ...node, inputs: [origin] });
  }
  return change.size === 0 ? model : rewrite(model, { change });
}
