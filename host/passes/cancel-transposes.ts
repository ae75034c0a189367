import type { ModelData, Node, Tensor } from "../core/model.js";
import { producers, rewrite } from "../graph/rewrite.js";

/**
 * Makes one transpose of two in a row, and a reshape of a transpose that moves no data because the axes it moves have
 * extent 1. What then hands its input through is `dropIdentities`' to remove.
 */
export function cancelTransposes(model: ModelData): ModelData {
  const makers = new Map(producers(model));
  const change = new Map<Node, Node>();
  for (const node of model.nodes) {
    if (node.op !== "transpose") continue;
    const replaced = simpler(joined(node, makers.get(node.inputs[0] as number)), model.tensors);
    if (replaced === node) continue;
    change.set(node, replaced);
    makers.set(node.outputs[0] as number, replaced);
  }
  return change.size === 0 ? model : rewrite(model, { change });
}

/** Output axis i of the second is axis second[i] of the first's output, which is axis first[second[i]] of its input. */
function joined(second: Node, first: Node | undefined): Node {
  if (first?.op !== "transpose") return second;
  const [inner, outer] = [first, second].map((node) => node.attributes["permutation"] as readonly number[]) as [
    readonly number[],
    readonly number[],
  ];
  return { ...second, inputs: first.inputs, attributes: { permutation: outer.map((axis) => inner[axis] as number) } };
}

function simpler(node: Node, tensors: readonly Tensor[]): Node {
  const input = tensors[node.inputs[0] as number] as Tensor;
  const order = (node.attributes["permutation"] as readonly number[]).filter((axis) => input.shape[axis] !== 1);
  if (order.some((axis, i) => i > 0 && axis < (order[i - 1] as number))) return node;
  const { shape } = tensors[node.outputs[0] as number] as Tensor;
  return { ...node, op: "reshape", attributes: { shape } };
}
