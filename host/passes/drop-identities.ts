import type { ModelData, Node, Tensor } from "../core/model.js";
import { sameQuantization } from "../core/quantization.js";
import { sameShape } from "../core/shape.js";
import { rewrite } from "../graph/rewrite.js";

/** Moves that may turn out to move nothing, and when they do, given that input and output have one shape. */
const MOVES: Readonly<Record<string, (node: Node) => boolean>> = {
  reshape: () => true,
  slice: () => true,
  pad: () => true,
  concatenation: (node) => node.inputs.length === 1,
  split: (node) => node.outputs.length === 1,
  transpose: ({ attributes }) => (attributes["permutation"] as readonly number[]).every((axis, i) => axis === i),
};

/**
 * Removes moves that hand their input through: reshape to the same shape, transpose by the identity, slice of
 * everything, pad by nothing, concatenation or split of one. A node that makes a model output stays, and so does one
 * that reads the same bytes under other parameters.
 */
export function dropIdentities(model: ModelData): ModelData {
  const outputs = new Set(model.outputs);
  const drop = new Set<Node>();
  const replace = new Map<number, number>();
  for (const node of model.nodes) {
    const [from, to] = [node.inputs[0] as number, node.outputs[0] as number];
    if (!Object.hasOwn(MOVES, node.op) || outputs.has(to)) continue;
    const [x, y] = [model.tensors[from] as Tensor, model.tensors[to] as Tensor];
    if (!sameShape(x.shape, y.shape) || !sameQuantization(x.quantization, y.quantization)) continue;
    if (MOVES[node.op]?.(node) !== true) continue;
    drop.add(node);
    replace.set(to, replace.get(from) ?? from);
  }
  return drop.size === 0 ? model : rewrite(model, { drop, replace });
}
