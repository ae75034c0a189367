import type { ModelData, Node } from "../core/model.js";

/** What a pass wants changed; everything else stays. */
export interface Rewrite {
  /** Nodes that go away. */
  readonly drop?: ReadonlySet<Node>;
  /** Tensors whose readers shall read another one, which must be available where they stand. Chains are not followed. */
  readonly replace?: ReadonlyMap<number, number>;
  /** Nodes that change. Their outputs must stay. */
  readonly change?: ReadonlyMap<Node, Node>;
}

/**
 * Applies a rewrite, then leaves out the tensors nothing refers to and renumbers the rest in their old order. Model
 * outputs are not redirected: they are how callers find results.
 */
export function rewrite(model: ModelData, { drop, replace, change }: Rewrite): ModelData {
  const target = (index: number): number => replace?.get(index) ?? index;
  const nodes = model.nodes
    .filter((node) => !drop?.has(node))
    .map((node) => change?.get(node) ?? node)
    .map((node) => ({ ...node, inputs: node.inputs.map(target) }));
  return compact({ ...model, nodes });
}

/** Drops tensors that no node, input or output refers to. Indices change, order and names do not. */
function compact(model: ModelData): ModelData {
  const used = new Set([...model.inputs, ...model.outputs]);
  for (const node of model.nodes) for (const index of [...node.inputs, ...node.outputs]) used.add(index);
  const kept = model.tensors.map((_, index) => index).filter((index) => used.has(index));
  const renumbered = new Map(kept.map((index, i) => [index, i]));
  const renumber = (index: number) => renumbered.get(index) ?? -1;
  return {
    ...model,
    tensors: kept.map((index) => model.tensors[index] as ModelData["tensors"][number]),
    nodes: model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renumber),
      outputs: node.outputs.map(renumber),
    })),
    inputs: model.inputs.map(renumber),
    outputs: model.outputs.map(renumber),
  };
}

/** The node that computes each tensor; absent for inputs and constants. */
export function producers(model: ModelData): ReadonlyMap<number, Node> {
  return new Map(model.nodes.flatMap((node) => node.outputs.map((index) => [index, node] as const)));
}
