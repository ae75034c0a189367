import { byteCount } from "../core/dtype.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import { elementCount } from "../core/shape.js";
import type { NodePlan } from "../wasm/kernel.js";
import type { Buffer } from "./arena.js";
import { Groups } from "./groups.js";

/** Which arena buffer each tensor lives in, and how long each buffer is needed. */
export interface Lifetimes {
  /** Tensor buffers first, then the scratch of the nodes that want some. */
  readonly buffers: readonly Buffer[];
  /** Buffer of each tensor; −1 for constants. */
  readonly bufferOfTensor: readonly number[];
  /** Where in its buffer each tensor begins. */
  readonly offsetOfTensor: readonly number[];
  /** Scratch buffer of each node; −1 for none. */
  readonly bufferOfScratch: readonly number[];
  /** Of what the steps of each node hand to each other. */
  readonly bufferOfShared: readonly number[];
  /** Nodes whose outputs are their inputs under other names: their steps are left out. */
  readonly aliased: readonly boolean[];
}

export function byteLength(tensor: { dtype: Tensor["dtype"]; shape: Tensor["shape"] }): number {
  return byteCount(tensor.dtype, elementCount(tensor.shape));
}

/**
 * Model inputs live through the whole run, so that running twice gives the same result; model outputs from their node
 * to the end. With `keepAll` every tensor keeps a buffer of its own to the end, for debugging.
 */
export function computeLifetimes(model: ModelData, plans: readonly NodePlan[], keepAll: boolean): Lifetimes {
  const end = model.nodes.length;
  const groups = new Groups(
    model.tensors.map((tensor) => (tensor.data ? undefined : tensor.name)),
    model.tensors.map(byteLength),
    end,
  );
  for (const index of [...model.inputs, ...model.outputs]) {
    const group = groups.of(index);
    if (group) group.isPinned = true;
    groups.use(index, end);
  }
  for (const index of model.inputs) groups.use(index, 0);
  model.nodes.forEach((node, step) => {
    for (const index of [...node.inputs, ...node.outputs]) groups.use(index, step);
  });
  if (keepAll) for (const group of groups.distinct()) group.lastUse = end;

  const aliased = model.nodes.map((node, step) => !keepAll && placeParts(groups, node, plans[step]!));
  model.nodes.forEach((node, step) => {
    if (keepAll || aliased[step]) return;
    const inputs = (plans[step]!.inPlace ?? []).map((i) => node.inputs[i]!);
    groups.overwrite(node.outputs[0]!, inputs, step);
  });

  const distinct = groups.distinct();
  const buffers: Buffer[] = distinct.map(({ name, bytes, firstUse, lastUse }) => ({ name, bytes, firstUse, lastUse }));
  const perNode = (what: string, bytesOf: (plan: NodePlan) => number | undefined) =>
    model.nodes.map((node, step) => {
      const bytes = bytesOf(plans[step]!) ?? 0;
      if (bytes === 0) return -1;
      return buffers.push({ name: `${what} of ${node.name}`, bytes, firstUse: step, lastUse: step }) - 1;
    });
  const bufferOfScratch = perNode("scratch", (plan) => plan.scratchBytes);
  const bufferOfShared = perNode("shared scratch", (plan) => plan.sharedBytes);
  const indexOf = new Map(distinct.map((group, i) => [group, i]));
  const bufferOfTensor = model.tensors.map((_, index) => indexOf.get(groups.of(index)!) ?? -1);
  const offsetOfTensor = model.tensors.map((_, index) => groups.offsetOf(index));
  return { buffers, bufferOfTensor, offsetOfTensor, bufferOfScratch, bufferOfShared, aliased };
}

/** Makes a node's outputs names of its inputs, or of parts of them, or the other way round; false where it may not. */
function placeParts(groups: Groups, node: Node, { alias, inputsInOutput, outputsInInput }: NodePlan): boolean {
  if (alias !== undefined) return groups.place(node.outputs.slice(0, 1), node.inputs[alias]!, [0]);
  if (inputsInOutput) return groups.place(node.inputs, node.outputs[0]!, inputsInOutput);
  return outputsInInput !== undefined && groups.place(node.outputs, node.inputs[0]!, outputsInInput);
}
