import type { ModelData, Node, Tensor } from "../core/model.js";
import { privateTensors } from "../graph/edit.js";
import { rewrite } from "../graph/rewrite.js";
import { findOp } from "../ops/index.js";

/**
 * Lets the node in front of a float relu, relu6 or clamp to −1…1 do that as it stores its output; nothing changes but
 * the number of passes over memory. Quantized nodes stay: there a relu has scales of its own.
 */
export function fuseActivations(model: ModelData): ModelData {
  const own = privateTensors(model);
  const nodes: Node[] = [];
  const makers = new Map<number, number>();
  for (const node of model.nodes) {
    const input = node.inputs[0] as number;
    const at = node.op === "relu" && own.has(input) ? makers.get(input) : undefined;
    if (at !== undefined && canActivate(nodes[at] as Node, model.tensors[input] as Tensor)) {
      const source = nodes[at] as Node;
      const activation = node.attributes["activation"] as string;
      nodes[at] = { ...source, outputs: node.outputs, attributes: { ...source.attributes, activation } };
      makers.set(node.outputs[0] as number, at);
      continue;
    }
    for (const index of node.outputs) makers.set(index, nodes.length);
    nodes.push(node);
  }
  return nodes.length === model.nodes.length ? model : rewrite({ ...model, nodes }, {});
}

/** relu itself has an attribute of that name, and never the value "none". */
function canActivate(source: Node, output: Tensor): boolean {
  const declared = findOp(source.op)?.attributes["activation"];
  return declared !== undefined && source.attributes["activation"] === "none" && output.dtype === "float32";
}
