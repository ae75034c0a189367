import type { ModelData, Node, Tensor } from "../core/model.js";
import { privateTensors } from "../graph/edit.js";
import { producers, rewrite } from "../graph/rewrite.js";

/**
 * Lets a convolution pad by itself where a node pads its input with zeros along height and width. Zeros (for quantized
 * tensors: zero points) add nothing to a sum, so nothing changes; pools, which do not count padding, keep their pad.
 */
export function fusePad(model: ModelData): ModelData {
  const own = privateTensors(model);
  const makers = producers(model);
  const change = new Map<Node, Node>();
  const drop = new Set<Node>();
  for (const node of model.nodes) {
    if (node.op !== "conv2d" && node.op !== "depthwise_conv2d") continue;
    const input = node.inputs[0] as number;
    const pad = own.has(input) ? makers.get(input) : undefined;
    const padding = pad?.op === "pad" ? combined(node, pad, model.tensors) : undefined;
    if (pad === undefined || padding === undefined) continue;
    const inputs = [pad.inputs[0] as number, ...node.inputs.slice(1)];
    change.set(node, { ...node, inputs, attributes: { ...node.attributes, padding } });
    drop.add(pad);
  }
  return drop.size === 0 ? model : rewrite(model, { drop, change });
}

/** The sum of both paddings, unless a window could then lie in the padding altogether. */
function combined(conv: Node, pad: Node, tensors: readonly Tensor[]): number[] | undefined {
  const sides = pad.attributes["padding"] as readonly number[];
  const weights = (tensors[conv.inputs[1] as number] as Tensor).shape;
  if (sides.length !== 8 || [0, 1, 6, 7].some((i) => sides[i] !== 0)) return undefined;
  const own = conv.attributes["padding"] as readonly number[];
  const added = [sides[2], sides[4], sides[3], sides[5]] as number[];
  const sum = own.map((amount, i) => amount + (added[i] as number));
  const dilation = conv.attributes["dilation"] as readonly number[];
  const fits = sum.every((amount, i) => {
    const axis = i % 2;
    return amount < ((weights[axis + 1] as number) - 1) * (dilation[axis] as number) + 1;
  });
  return fits ? sum : undefined;
}
