import type { ModelData, Node, Tensor } from "../core/model.js";
import { type OpDefinition, parseTypes } from "../core/op.js";
import { formatShape, sameShape } from "../core/shape.js";
import { findOp } from "../ops/index.js";
import { quote, refuse, underRule } from "./refuse.js";
import { check } from "./schema.js";

/** One run multiplies at most this often: minutes of work, so more is a mistake or an attack. */
const MAX_MACS = 2 ** 40;

const UNKNOWN = 0;
const GIVEN = 1;
const COMPUTED = 2;

/** Checks the graph: every node fits its op's declaration, every tensor has one source, before its readers. */
export function validateNodes({ tensors, nodes, inputs, outputs }: ModelData): void {
  const sources: number[] = tensors.map(({ data }) => (data ? GIVEN : UNKNOWN));
  const isRead = new Set(outputs);
  let macs = 0;

  const setSource = (index: number, source: number) => {
    if (sources[index] !== UNKNOWN) refuse(33, `${tensorName(index)} has two sources; must have one`);
    sources[index] = source;
  };
  const tensorName = (index: number) => `tensor ${index} ${quote((tensors[index] as Tensor).name)}`;

  for (const index of inputs) setSource(index, GIVEN);
  nodes.forEach((node, i) => {
    const op = findOp(node.op) ?? refuse(37, `node ${i} is of op ${quote(node.op)}, which this version does not have`);
    const who = `${node.op} ${quote(node.name)} (node ${i})`;
    macs += validateNode(op, node, tensors, who);
    if (macs > MAX_MACS) refuse(45, `${who} brings the model to ${macs} multiplications; must be at most ${MAX_MACS}`);
    for (const index of node.inputs) {
      if (sources[index] === UNKNOWN) refuse(34, `${who} reads ${tensorName(index)} before it is computed`);
      isRead.add(index);
    }
    for (const index of node.outputs) setSource(index, COMPUTED);
  });

  for (const index of outputs) {
    if (sources[index] !== COMPUTED) refuse(35, `model output ${tensorName(index)} is not computed by a node`);
  }
  tensors.forEach(({ data }, i) => {
    if (sources[i] === UNKNOWN) refuse(33, `${tensorName(i)} has no source; must be constant, an input or computed`);
    if (data && !isRead.has(i)) refuse(36, `constant ${tensorName(i)} is read by no node; remove it`);
  });
  nodes.forEach(({ outputs, op, name }, i) => {
    if (!outputs.some((index) => isRead.has(index))) {
      refuse(36, `nothing reads what ${op} ${quote(name)} (node ${i}) computes; remove it`);
    }
  });
}

export function tensorAt(tensors: readonly Tensor[], index: number, who: string): Tensor {
  return tensors[index] ?? refuse(30, `${who} refers to tensor ${index}; there are ${tensors.length}`);
}

/** Returns the multiplications of one run of the node. */
function validateNode(op: OpDefinition, node: Node, tensors: readonly Tensor[], who: string): number {
  const inputs = tensorsOf(op.inputs, node.inputs, tensors, `${who} inputs`);
  const outputs = tensorsOf(op.outputs, node.outputs, tensors, `${who} outputs`) as Tensor[];
  const all = [...inputs, ...outputs];

  for (const i of op.constantInputs ?? []) {
    if (inputs[i] && !inputs[i].data) refuse(39, `${who} has a computed tensor as ${op.inputs[i]}; must be a constant`);
  }
  const fits = (list: readonly (Tensor | undefined)[], row: readonly string[]) =>
    list.every((tensor, i) => !tensor || tensor.dtype === row[Math.min(i, row.length - 1)]);
  const rows = op.types.map(parseTypes);
  if (!rows.some((row) => fits(inputs, row.inputs) && fits(outputs, row.outputs))) {
    const types = (list: readonly (Tensor | undefined)[]) => list.map((tensor) => tensor?.dtype ?? "none").join(" ");
    refuse(40, `${who} has types ${types(inputs)} -> ${types(outputs)}; must be ${op.types.join(" or ")}`);
  }
  inputs.forEach((tensor, i) => {
    const axis = tensor?.quantization?.axis;
    if (axis !== undefined && (i !== 1 || axis !== op.channelAxis)) {
      refuse(41, `${who} has ${op.inputs[i]} quantized along axis ${axis}; only weights may be, along output channels`);
    }
  });
  if (all.some((tensor) => tensor?.quantization) && !op.numerics.includes(node.numerics)) {
    refuse(42, `${who} has numerics "${node.numerics}"; quantized ${node.op} has ${op.numerics.join(", ")}`);
  }

  const to = outputs[0]?.quantization?.scale[0];
  inputs.forEach((tensor, i) => {
    const from = tensor?.quantization?.scale[0];
    if (from && to && !op.constantInputs?.includes(i) && !Number.isFinite(Math.fround(from / to))) {
      refuse(46, `${who} rescales from ${from} to ${to}; their ratio must be a finite float32`);
    }
  });

  check(node.attributes, { kind: "object", fields: op.attributes }, `${who} attributes`);
  const shapes = underRule(43, who, () => op.infer(inputs, node.attributes as never));
  outputs.forEach(({ shape, name }, i) => {
    const inferred = shapes[i];
    if (!inferred || !sameShape(inferred, shape)) {
      refuse(
        43,
        `${who} has output ${quote(name)} ${formatShape(shape)}; inputs give ${inferred && formatShape(inferred)}`,
      );
    }
  });
  if (shapes.length !== outputs.length) refuse(38, `${who} has ${outputs.length} outputs; must have ${shapes.length}`);
  underRule(44, who, () => op.verify?.(inputs, node.attributes as never, outputs));
  return op.macs?.(inputs, outputs) ?? 0;
}

/** The tensors at `indices`, checked against an op's declared names: "x", "x?" optional, "x*" one or more. */
function tensorsOf(declared: readonly string[], indices: readonly number[], tensors: readonly Tensor[], who: string) {
  const isVariadic = declared[declared.length - 1]?.endsWith("*");
  const { length } = declared;
  if (isVariadic ? indices.length < length : indices.length !== length) {
    refuse(38, `${who} are ${indices.length}; must be ${declared.join(", ")}, −1 for an absent optional one`);
  }
  return indices.map((index, i) =>
    index === -1 && declared[i]?.endsWith("?") ? undefined : tensorAt(tensors, index, who),
  );
}
