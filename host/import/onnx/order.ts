import { QbinFormatError, UsageError } from "../../core/errors.js";
import { cleanName, quote } from "../common/text.js";
import type { FileNode, OnnxFile } from "./file.js";

/** The values the model is to compute: the file's outputs, or those with the given names. */
export function outputNames(file: OnnxFile, wanted: readonly string[] | undefined): readonly string[] {
  if (wanted === undefined) return file.outputs;
  if (wanted.length === 0) throw new UsageError("the list of outputs is empty");
  const known = new Set(file.nodes.flatMap((node) => node.outputs));
  for (const name of wanted) {
    if (name === "" || !known.has(name)) {
      throw new UsageError(`no operator computes ${quote(cleanName(name))}, so it cannot be an output`);
    }
  }
  return wanted;
}

/**
 * The operators that the outputs need, each after those it reads from, in the file's order where that is one.
 *
 * @throws QbinFormatError for values computed twice, missing, or computed from themselves
 */
export function executionOrder(file: OnnxFile, outputs: readonly string[]): FileNode[] {
  const producers = producersOf(file);
  const given = new Set([...file.inputs.map(({ name }) => name), ...file.initializers.keys()]);
  const live = liveNodes(producers, outputs);
  const order: FileNode[] = [];
  const state = new Map<FileNode, "open" | "done">();
  for (const root of file.nodes) {
    if (!live.has(root) || state.has(root)) continue;
    // Depth first without recursion: a chain in a file may be longer than the stack is deep.
    const stack = [{ node: root, next: 0 }];
    state.set(root, "open");
    while (stack.length > 0) {
      const top = stack.at(-1) as { node: FileNode; next: number };
      const name = top.node.inputs[top.next++];
      if (name === undefined) {
        state.set(top.node, "done");
        order.push(top.node);
        stack.pop();
        continue;
      }
      if (name === "" || given.has(name)) continue;
      const source = producers.get(name);
      if (source === undefined) throw malformed(`${label(top.node)} reads ${shown(name)}, which nothing computes`);
      if (state.get(source) === "open") throw malformed(`${label(source)} needs its own result: the graph has a cycle`);
      if (state.get(source) === "done") continue;
      state.set(source, "open");
      stack.push({ node: source, next: 0 });
    }
  }
  for (const name of outputs) {
    if (!producers.has(name) && !given.has(name)) throw malformed(`nothing computes the output ${shown(name)}`);
  }
  return order;
}

/** The operators that depend on constants alone, in order. */
export function constantNodes(nodes: readonly FileNode[], { initializers }: OnnxFile): ReadonlySet<FileNode> {
  const known = new Set(["", ...initializers.keys()]);
  const result = new Set<FileNode>();
  for (const node of nodes) {
    if (!node.inputs.every((name) => known.has(name))) continue;
    result.add(node);
    for (const name of node.outputs) known.add(name);
  }
  return result;
}

function producersOf(file: OnnxFile): Map<string, FileNode> {
  const given = new Set([...file.inputs.map(({ name }) => name), ...file.initializers.keys()]);
  const producers = new Map<string, FileNode>();
  for (const node of file.nodes) {
    for (const name of node.outputs) {
      if (name === "") continue;
      if (producers.has(name) || given.has(name))
        throw malformed(`${shown(name)} gets a value twice, from ${label(node)} too`);
      producers.set(name, node);
    }
  }
  return producers;
}

function liveNodes(producers: ReadonlyMap<string, FileNode>, outputs: readonly string[]): ReadonlySet<FileNode> {
  const live = new Set<FileNode>();
  const pending = [...outputs];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = producers.get(name);
    if (node === undefined || live.has(node)) continue;
    live.add(node);
    pending.push(...node.inputs);
  }
  return live;
}

/** `Conv (op 3, "conv1")`, the way an operator is named in every message. */
export function label({ kind, index, name, outputs }: FileNode): string {
  return `${kind} (op ${index}, ${quote(name === "" ? cleanName(outputs[0] ?? "") : name)})`;
}

function shown(name: string): string {
  return quote(cleanName(name));
}

function malformed(message: string): QbinFormatError {
  return new QbinFormatError("onnx-malformed", message);
}
