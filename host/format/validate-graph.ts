import type { ModelData } from "../core/model.js";
import type { OpDefinition } from "../core/op.js";
import { must, show } from "./must.js";
import { validateNode } from "./validate-node.js";

export type FindOp = (name: string) => OpDefinition | undefined;

/** One run takes at most this many multiplications, taps or elements: minutes, so more is a mistake or an attack. */
const MAX_WORK = 2 ** 40;

/** The source of a tensor that is neither given nor computed yet. */
const UNKNOWN = "unknown";

/** Checks that nodes in their order compute every tensor once and before it is read, and that nothing is idle. */
export function validateGraph({ tensors, nodes, inputs, outputs }: ModelData, findOp: FindOp): void {
  const sources: string[] = tensors.map(({ data }) => (data ? "constant" : UNKNOWN));
  const used = new Set<number>();
  const name = (index: number) => `tensor ${index} ${show(tensors[index]?.name ?? "")}`;
  const at = (index: number, who: string) => {
    const tensor = tensors[index];
    must(tensor, 25, `tensor of ${who}`, index, `from 0 to ${tensors.length - 1}`);
    return tensor;
  };
  const define = (index: number, source: string) => {
    must(sources[index] === UNKNOWN, 28, name(index), `${sources[index]} and ${source}`, "one of these, once");
    sources[index] = source;
  };
  // Callers find inputs and outputs by name.
  const validateEnds = (ends: readonly number[], kind: string) => {
    must(ends.length, 26, `number of ${kind}s`, 0, "at least 1");
    const names = ends.map((index) => at(index, kind).name);
    must(
      new Set(names).size === names.length && !names.includes(""),
      27,
      `${kind} names`,
      names.map(show),
      "unique, not empty",
    );
  };

  validateEnds(inputs, "input");
  validateEnds(outputs, "output");
  for (const index of inputs) define(index, "input");
  let work = 0;
  nodes.forEach((node, i) => {
    const op = findOp(node.op);
    must(op, 32, `node ${i} op`, show(node.op), "one of this version; update qbin");
    const who = `${node.op} ${show(node.name)} (node ${i})`;
    work += validateNode(op, node, at, who);
    must(work <= MAX_WORK, 41, `work up to ${who}`, work, `at most ${MAX_WORK}`);
    for (const index of node.inputs) {
      must(sources[index] !== UNKNOWN, 29, `${who} input ${name(index)}`, UNKNOWN, "computed before");
      used.add(index);
    }
    for (const index of node.outputs) define(index, "computed");
  });

  for (const index of outputs)
    must(sources[index] === "computed", 30, `output ${name(index)}`, sources[index], "computed");
  sources.forEach((source, i) => {
    const isUseful = source === "constant" ? used.has(i) : source !== UNKNOWN;
    must(isUseful, 31, name(i), `${source} and never read`, "read or removed");
  });
}
