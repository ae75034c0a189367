import { ShapeError, UnsupportedOpError } from "../core/errors.js";
import { type ModelData, type Node, NUMERICS, type Tensor } from "../core/model.js";
import { checkTensor } from "./check-tensor.js";
import { checkOutputs, inferNode, nodeLabel } from "./verify-node.js";

/**
 * Proves that a graph is one: edges point somewhere, nodes come after what they read, every value is made once, shapes
 * are what inference says, and each op's own rules hold. Throws a QbinError that names the node or tensor.
 *
 * Importers and passes end with it, so that their mistakes show here and not in a kernel.
 */
export function verifyGraph(model: ModelData): ModelData {
  checkNames(model.tensors, "tensor");
  checkNames(model.nodes, "node");
  for (const tensor of model.tensors) checkTensor(tensor);

  const ready = model.tensors.map((tensor) => tensor.data !== undefined);
  for (const index of model.inputs) {
    const tensor = tensorAt(model, index, "model input");
    if (ready[index]) throw new ShapeError(`model input "${tensor.name}" is a constant, or listed twice`);
    ready[index] = true;
  }
  for (const node of model.nodes) checkNode(model, node, ready);
  if (model.outputs.length === 0) throw new ShapeError(`model "${model.name}" has no outputs`);
  for (const index of model.outputs) {
    const tensor = tensorAt(model, index, "model output");
    if (!ready[index]) throw new ShapeError(`model output "${tensor.name}" is computed by no node`);
  }
  if (model.preprocessing.length !== model.inputs.length) {
    throw new ShapeError(`${model.preprocessing.length} preprocessing entries for ${model.inputs.length} inputs`);
  }
  return model;
}

function checkNode(model: ModelData, node: Node, ready: boolean[]): void {
  const who = nodeLabel(node);
  if (!NUMERICS.includes(node.numerics)) {
    throw new UnsupportedOpError("numerics", `${who}: there is no numerics profile "${node.numerics}"`);
  }
  const inputs = node.inputs.map((index) => {
    if (index === -1) return undefined;
    const tensor = tensorAt(model, index, `${who} input`);
    if (!ready[index]) throw new ShapeError(`${who}: input "${tensor.name}" is not computed before it`);
    return tensor;
  });
  const outputs = node.outputs.map((index) => {
    const tensor = tensorAt(model, index, `${who} output`);
    if (ready[index]) throw new ShapeError(`${who}: output "${tensor.name}" already has a value`);
    ready[index] = true;
    return tensor;
  });
  const view = { op: node.op, name: node.name, numerics: node.numerics, attributes: node.attributes, inputs };
  checkOutputs(view, inferNode(view), outputs);
}

function tensorAt(model: ModelData, index: number, role: string): Tensor {
  const tensor = model.tensors[index];
  if (tensor === undefined) throw new ShapeError(`${role}: there is no tensor ${index}`);
  return tensor;
}

function checkNames(items: readonly { readonly name: string }[], kind: string): void {
  const seen = new Set<string>();
  for (const { name } of items) {
    if (name === "") throw new ShapeError(`a ${kind} has no name`);
    if (seen.has(name)) throw new ShapeError(`two ${kind}s are named "${name}"`);
    seen.add(name);
  }
}
