import type { ModelData, Node } from "../../core/model.js";
import { activationInputs } from "../groups.js";
import type { NodeLeft } from "../modes/mode.js";
import { ruleOf } from "../rules.js";

/** Which nodes run in int8, and why those that were wanted and do not. */
export interface Choice {
  readonly int8: ReadonlySet<Node>;
  readonly left: readonly NodeLeft[];
}

/**
 * Of the nodes named `wanted`, those whose op has integer kernels. Nodes that only hand values on follow their neighbours:
 * in int8 between two float32 nodes they would cost two conversions and save nothing.
 */
export function chooseNodes(graph: ModelData, wanted: ReadonlySet<string>): Choice {
  const int8 = new Set<Node>();
  const left: NodeLeft[] = [];
  const followers: Node[] = [];
  for (const node of graph.nodes) {
    if (!wanted.has(node.name)) continue;
    const rule = ruleOf(node);
    if (rule.runs === "float32") left.push({ node: node.name, why: `${node.op} has no int8 form: ${rule.why}` });
    else if (activationInputs(graph, node).length === 0) {
      left.push({ node: node.name, why: "it computes on integers already" });
    } else if (rule.activations === "shared") followers.push(node);
    else int8.add(node);
  }
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const readers = (node: Node) => graph.nodes.filter(({ inputs }) => inputs.some((i) => node.outputs.includes(i)));
  const follow = (node: Node, neighbours: (node: Node) => readonly (Node | undefined)[]) => {
    if (neighbours(node).some((other) => other !== undefined && int8.has(other))) int8.add(node);
  };
  const before = (node: Node) => activationInputs(graph, node).map((input) => makers.get(input));
  for (const node of followers) follow(node, before);
  // What comes straight from a model input has nobody before it, and follows those behind it.
  const isFirst = (node: Node): boolean => before(node).every((other) => other === undefined || isEarly.has(other));
  const isEarly = new Set<Node>();
  for (const node of followers) if (isFirst(node)) isEarly.add(node);
  for (const node of [...isEarly].reverse()) follow(node, readers);
  for (const node of followers) follow(node, before);
  for (const node of followers) {
    if (!int8.has(node)) left.push({ node: node.name, why: "it hands on values that are float32" });
  }
  return { int8, left };
}
