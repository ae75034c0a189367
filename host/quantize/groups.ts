import type { ModelData, Node } from "../core/model.js";
import { type QuantizationParams, sameQuantization } from "../core/quantization.js";
import { ruleOf } from "./rules.js";

/** Tensors that must have one scale and zero point, because a node hands values from one to the other unscaled. */
export interface Group {
  /** Tensor indices. */
  readonly members: readonly number[];
  /** Those that hold all values of the group: what the others hold was copied or picked from these. */
  readonly sources: readonly number[];
  /** Parameters that an op prescribes. */
  readonly fixed: QuantizationParams | undefined;
}

export interface Groups {
  /** The group of a tensor that int8 nodes read or write. */
  of(tensor: number): Group;
  /** Inputs of nodes that cannot join their group: they have prescribed parameters, and others there do not. */
  isApart(node: Node, input: number): boolean;
}

/** Float tensors a node computes on, not its weights and bias: what gets activation parameters. */
export function activationInputs({ tensors }: ModelData, node: Node): number[] {
  const rule = ruleOf(node);
  const hasWeights = rule.runs === "int8" && rule.weights === true;
  return node.inputs.filter((index, i) => index >= 0 && tensors[index]?.dtype === "float32" && !(hasWeights && i > 0));
}

/** Divides the tensors that `int8` nodes, in execution order, read and write. */
export function groupTensors(graph: ModelData, int8: readonly Node[]): Groups {
  const parent = graph.tensors.map((_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root] as number;
    parent[i] = root;
    return root;
  };
  const fixed = new Map<number, QuantizationParams>();
  const derived = new Set<number>();
  const apart = new Map<Node, Set<number>>();
  const join = (a: number, b: number) => {
    const params = fixed.get(find(a)) ?? fixed.get(find(b));
    parent[find(b)] = find(a);
    if (params) fixed.set(find(a), params);
  };
  for (const node of int8) {
    const rule = ruleOf(node);
    if (rule.runs !== "int8") continue;
    if (rule.output) for (const output of node.outputs) fixed.set(find(output), rule.output);
    if (rule.activations === "own") continue;
    const inputs = activationInputs(graph, node);
    const params = inputs.map((input) => fixed.get(find(input)));
    const isUniform = params.every((one) => sameQuantization(one, params[0]));
    const joined = inputs.filter((_, i) => isUniform || params[i] === undefined);
    apart.set(node, new Set(inputs.filter((input) => !joined.includes(input))));
    const [first = node.outputs[0] as number, ...others] = [...joined, ...node.outputs];
    for (const other of others) join(first, other);
    if (joined.length === inputs.length) for (const output of node.outputs) derived.add(output);
  }
  const groups = new Map<number, Group>();
  parent.forEach((_, i) => {
    const root = find(i);
    const { members = [], sources = [] } = groups.get(root) ?? {};
    groups.set(root, {
      members: [...members, i],
      sources: derived.has(i) ? sources : [...sources, i],
      fixed: fixed.get(root),
    });
  });
  return {
    of: (tensor) => groups.get(find(tensor)) as Group,
    isApart: (node, input) => apart.get(node)?.has(input) ?? false,
  };
}
