import type { ModelData } from "../core/model.js";
import { findOp } from "../ops/index.js";
import { must, show } from "./must.js";
import { validateNode } from "./validate-node.js";

/** One run multiplies at most this often: minutes of work, so more is a mistake or an attack. */
const MAX_MACS = 2 ** 40;

/** Checks that nodes in their order compute every tensor once and before it is read, and that nothing is idle. */
export function validateGraph({ tensors, nodes, inputs, outputs }: ModelData): void {
  const sources: string[] = tensors.map(({ data }) => (data ? "constant" : ""));
  const used = new Set<number>();
  const name = (index: number) => `tensor ${index} ${show(tensors[index]?.name ?? "")}`;
  const at = (index: number, who: string) => {
    const tensor = tensors[index];
    must(tensor, 25, who, `tensor ${index}`, `below ${tensors.length}`);
    return tensor;
  };
  const define = (index: number, source: string) => {
    must(!sources[index], 28, name(index), `${sources[index]} and ${source}`, "one of these, once");
    sources[index] = source;
  };
  // Callers find inputs and outputs by name.
  const validateEnds = (ends: readonly number[], kind: string) => {
    must(ends.length, 26, `number of ${kind}s`, 0, "at least 1");
    const names = ends.map((index) => at(index, kind).name);
    must(new Set(names).size === names.length && !names.includes(""), 27, `${kind} names`, names, "unique, not empty");
  };

  validateEnds(inputs, "input");
  validateEnds(outputs, "output");
  for (const index of inputs) define(index, "input");
  let macs = 0;
  nodes.forEach((node, i) => {
    const op = findOp(node.op);
    must(op, 32, `node ${i} op`, show(node.op), "one of this version; update qbin");
    const who = `${node.op} ${show(node.name)} (node ${i})`;
    macs += validateNode(op, node, at, who);
    must(macs <= MAX_MACS, 41, `sum of multiplications to ${who}`, macs, `at most ${MAX_MACS}`);
    for (const index of node.inputs) {
      must(sources[index] !== "", 29, `${who} input ${name(index)}`, "unknown", "computed before");
      used.add(index);
    }
    for (const index of node.outputs) define(index, "computed");
  });

  for (const index of outputs) must(sources[index] === "computed", 30, name(index), "an output", "computed by a node");
  sources.forEach((source, i) => {
    must(
      source && (source !== "constant" || used.has(i)),
      31,
      name(i),
      source ? "never read" : "never given",
      "used or removed",
    );
  });
}
