import type { ModelData, Node } from "../core/model.js";
import { privateTensors } from "../graph/edit.js";
import { producers, rewrite } from "../graph/rewrite.js";

const SIXTH = Math.fround(1 / 6);

/**
 * Makes one hard_swish of x · hard_sigmoid(x), which is how ONNX writes it before operator set 14. Its product is
 * rounded once less, so float outputs differ by rounding.
 */
export function fuseHardSwish(model: ModelData): ModelData {
  const own = privateTensors(model);
  const makers = producers(model);
  const change = new Map<Node, Node>();
  const drop = new Set<Node>();
  for (const node of model.nodes) {
    if (node.op !== "mul" || node.attributes["activation"] !== "none") continue;
    const [a, b] = node.inputs as [number, number];
    const gate = [a, b].map((index) => (own.has(index) ? makers.get(index) : undefined)).find((maker) => isGate(maker));
    const x = gate?.inputs[0] as number;
    if (gate === undefined || (x !== a && x !== b) || model.tensors[x]?.dtype !== "float32") continue;
    change.set(node, { ...node, op: "hard_swish", inputs: [x], attributes: {} });
    drop.add(gate);
  }
  return drop.size === 0 ? model : rewrite(model, { drop, change });
}

/** hard_sigmoid(x) = relu6(x + 3) / 6, up to what 1/6 loses as a float32. */
function isGate(node: Node | undefined): boolean {
  if (node?.op !== "hard_sigmoid") return false;
  const { alpha, beta } = node.attributes as { alpha: number; beta: number };
  return Math.abs(alpha - SIXTH) < 1e-7 && beta === 0.5;
}
