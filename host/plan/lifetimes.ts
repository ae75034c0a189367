import { byteCount } from "../core/dtype.js";
import type { ModelData, Node, Tensor } from "../core/model.js";
import { elementCount } from "../core/shape.js";
import type { NodePlan } from "../wasm/kernel.js";
import type { Buffer } from "./arena.js";

/** Which arena buffer each tensor lives in, and how long each buffer is needed. */
export interface Lifetimes {
  /** Tensor buffers first, then the scratch of the nodes that want some. */
  readonly buffers: readonly Buffer[];
  /** Buffer of each tensor; −1 for constants. */
  readonly bufferOfTensor: readonly number[];
  /** Scratch buffer of each node; −1 for none. */
  readonly bufferOfScratch: readonly number[];
  /** Of what the steps of each node hand to each other. */
  readonly bufferOfShared: readonly number[];
  /** Nodes whose output is their input under another name: their steps are left out. */
  readonly aliased: readonly boolean[];
}

export function byteLength(tensor: { dtype: Tensor["dtype"]; shape: Tensor["shape"] }): number {
  return byteCount(tensor.dtype, elementCount(tensor.shape));
}

/** A set of tensors that share one buffer. */
interface Group {
  name: string;
  bytes: number;
  firstUse: number;
  lastUse: number;
  /** Holds a model input or output: these keep their values between runs. */
  pinned: boolean;
}

/**
 * Model inputs live through the whole run, so that running twice gives the same result; model outputs from their node
 * to the end. With `keepAll` every tensor keeps a buffer of its own to the end, for debugging.
 */
export function computeLifetimes(model: ModelData, plans: readonly NodePlan[], keepAll: boolean): Lifetimes {
  const end = model.nodes.length;
  const groups: (Group | undefined)[] = model.tensors.map((tensor) =>
    tensor.data
      ? undefined
      : { name: tensor.name, bytes: byteLength(tensor), firstUse: end, lastUse: 0, pinned: false },
  );
  const use = (index: number, step: number) => {
    const group = groups[index]; // none for constants, and at −1, an absent input
    if (!group) return;
    group.firstUse = Math.min(group.firstUse, step);
    group.lastUse = Math.max(group.lastUse, step);
  };
  for (const index of [...model.inputs, ...model.outputs]) {
    const group = groups[index];
    if (group) group.pinned = true;
    use(index, end);
  }
  for (const index of model.inputs) use(index, 0);
  model.nodes.forEach((node, step) => {
    for (const index of [...node.inputs, ...node.outputs]) use(index, step);
  });
  if (keepAll) for (const group of groups) if (group) group.lastUse = end;

  const members = new Map(groups.map((group, i) => [group, [i]]));
  const merge = (from: number, into: number) => {
    const a = groups[from] as Group;
    const b = groups[into] as Group;
    b.firstUse = Math.min(a.firstUse, b.firstUse);
    b.lastUse = Math.max(a.lastUse, b.lastUse);
    b.pinned ||= a.pinned;
    const moved = members.get(a) as number[];
    for (const i of moved) groups[i] = b;
    (members.get(b) as number[]).push(...moved);
  };
  const aliased = model.nodes.map((node, step) => {
    const alias = (plans[step] as NodePlan).alias;
    if (alias === undefined || keepAll || !mayAlias(groups, node, alias)) return false;
    merge(node.outputs[0] as number, node.inputs[alias] as number);
    return true;
  });
  model.nodes.forEach((node, step) => {
    const inPlace = (plans[step] as NodePlan).inPlace ?? [];
    const input = keepAll || aliased[step] ? undefined : inPlace.find((i) => mayOverwrite(groups, node, i, step));
    if (input !== undefined) merge(node.outputs[0] as number, node.inputs[input] as number);
  });

  const distinct = [...new Set(groups.filter((group) => group !== undefined))];
  const buffers: Buffer[] = distinct.map(({ name, bytes, firstUse, lastUse }) => ({ name, bytes, firstUse, lastUse }));
  const perNode = (what: string, bytesOf: (plan: NodePlan) => number | undefined) =>
    model.nodes.map((node, step) => {
      const bytes = bytesOf(plans[step] as NodePlan) ?? 0;
      if (bytes === 0) return -1;
      return buffers.push({ name: `${what} of ${node.name}`, bytes, firstUse: step, lastUse: step }) - 1;
    });
  const bufferOfScratch = perNode("scratch", (plan) => plan.scratchBytes);
  const bufferOfShared = perNode("shared scratch", (plan) => plan.sharedBytes);
  const indexOf = new Map(distinct.map((group, i) => [group, i]));
  const bufferOfTensor = groups.map((group) => (group ? (indexOf.get(group) as number) : -1));
  return { buffers, bufferOfTensor, bufferOfScratch, bufferOfShared, aliased };
}

/** Both names may mean one buffer unless the user could write through one and read the other. */
function mayAlias(groups: readonly (Group | undefined)[], node: Node, alias: number): boolean {
  const from = groups[node.inputs[alias] as number];
  const to = groups[node.outputs[0] as number];
  return from !== undefined && to !== undefined && !(from.pinned && to.pinned);
}

/** The node may write over an input that nobody reads later and no user sees. */
function mayOverwrite(groups: readonly (Group | undefined)[], node: Node, i: number, step: number): boolean {
  const from = groups[node.inputs[i] as number];
  const to = groups[node.outputs[0] as number];
  return from !== undefined && to !== undefined && !from.pinned && from.lastUse === step && from.bytes >= to.bytes;
}
