import type { ModelData, Node } from "../core/model.js";
import { rewrite } from "../graph/rewrite.js";

/** Removes nodes that no model output needs, and then the tensors nothing refers to. Model inputs stay. */
export function removeDead(model: ModelData): ModelData {
  const needed = new Set(model.outputs);
  const dead = new Set<Node>();
  for (const node of model.nodes.toReversed()) {
    if (!node.outputs.some((index) => needed.has(index))) dead.add(node);
    else for (const index of node.inputs) needed.add(index);
  }
  return rewrite(model, { drop: dead });
}
