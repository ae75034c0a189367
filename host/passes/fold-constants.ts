import { elementsOf } from "../core/dtype.js";
import type { Value } from "../core/evaluate.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import { workOf } from "../core/op.js";
import { rewrite } from "../graph/rewrite.js";
import { findOp } from "../ops/index.js";
import { runNode } from "../reference/index.js";

/** A node whose reference would take longer than this stays: it runs in a fraction of that in Wasm. */
const MAX_WORK = 2 ** 26;

/**
 * Computes nodes that read nothing but constants, by their references: bit for bit what the kernels would give. Nodes
 * that make a model output stay, since an output is computed by a node.
 */
export function foldConstants(model: ModelData): ModelData {
  const outputs = new Set(model.outputs);
  const tensors = [...model.tensors];
  const drop = new Set<Node>();
  for (const node of model.nodes) {
    if (node.outputs.some((index) => outputs.has(index)) || !isFoldable(node, tensors)) continue;
    const values: Value[] = [];
    for (const index of node.inputs) {
      if (index === -1) continue;
      const tensor = tensors[index] as Tensor;
      values[index] = { ...tensor, data: elementsOf(tensor.dtype, tensor.data as Uint8Array) };
    }
    runNode(node, tensors, values).forEach((data, i) => {
      const index = node.outputs[i] as number;
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      tensors[index] = { ...(tensors[index] as Tensor), data: bytes };
    });
    drop.add(node);
  }
  return drop.size === 0 ? model : rewrite({ ...model, tensors }, { drop });
}

function isFoldable(node: Node, tensors: readonly Tensor[]): boolean {
  const inputs = node.inputs.map((index) => (index === -1 ? undefined : (tensors[index] as Tensor)));
  if (inputs.some((tensor) => tensor && tensor.data === undefined) || inputs.every((tensor) => !tensor)) return false;
  const definition = findOp(node.op);
  const outputs = node.outputs.map((index) => tensors[index] as Tensor);
  return definition !== undefined && workOf(definition, inputs, node.attributes, outputs) <= MAX_WORK;
}
