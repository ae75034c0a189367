import type { ModelData, Node, Tensor } from "../core/model.js";
import { sameQuantization } from "../core/quantization.js";
import { privateTensors } from "../graph/edit.js";
import { rewrite } from "../graph/rewrite.js";
import { findOp } from "../ops/index.js";

/** Ops whose integer output stage clamps to the zero point when it is told "relu", in every profile: (10) and (11). */
const CLAMPING = ["conv2d", "depthwise_conv2d", "fully_connected", "transpose_conv"];

/**
 * Lets the node in front of a relu, or of a float relu6 or clamp to −1…1, do that as it stores its output; nothing changes
 * but the number of passes over memory. A quantized relu with a scale of its own stays.
 */
export function fuseActivations(model: ModelData): ModelData {
  const own = privateTensors(model);
  const nodes: Node[] = [];
  const makers = new Map<number, number>();
  for (const node of model.nodes) {
    const input = node.inputs[0] as number;
    const at = node.op === "relu" && own.has(input) ? makers.get(input) : undefined;
    if (at !== undefined && canActivate(nodes[at] as Node, node, model.tensors)) {
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
function canActivate(source: Node, relu: Node, tensors: readonly Tensor[]): boolean {
  const declared = findOp(source.op)?.attributes["activation"];
  if (declared === undefined || source.attributes["activation"] !== "none") return false;
  const [from, to] = [tensors[relu.inputs[0] as number], tensors[relu.outputs[0] as number]] as [Tensor, Tensor];
  if (from.dtype === "float32") return true;
  const isClamp = relu.attributes["activation"] === "relu" && sameQuantization(from.quantization, to.quantization);
  return isClamp && CLAMPING.includes(source.op);
}
