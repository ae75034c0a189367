import { explain, type ModelData, type NodeNote } from "../toolchain.js";
import { printable } from "./format.js";
import { inputFormula } from "./input-formula.js";
import { type Column, formatTable } from "./table.js";
import type { Terminal } from "./terminal.js";

const COLUMNS: readonly Column[] = [
  { title: "#", align: "right" },
  { title: "node" },
  { title: "op", isOptional: true },
  { title: "runs in" },
  { title: "because", canShrink: true },
];

export function explainJson(model: ModelData, notes: readonly NodeNote[]): unknown {
  return {
    inputs: inputs(model).map(({ name, formula }) => ({ name, formula })),
    nodes: explain(model, notes),
  };
}

/** A line for each input, then a table of all layers. */
export function explainLines(
  model: ModelData,
  notes: readonly NodeNote[],
  { width, isTerminal, style }: Terminal,
): string[] {
  const rows = explain(model, notes).map(({ node, op, runsIn, why }, i) => [`${i}`, node, op, runsIn, why]);
  const [titles, ...lines] = formatTable(COLUMNS, rows, isTerminal ? width : undefined);
  return [
    ...inputs(model).map(({ name, formula }) => `input ${printable(name)}: ${formula}`),
    "",
    style.bold(titles as string),
    ...lines,
  ];
}

function inputs({ inputs, tensors, preprocessing }: ModelData): { name: string; formula: string }[] {
  return inputs.map((index, i) => {
    const { name, dtype, quantization } = tensors[index]!;
    return { name, formula: inputFormula({ dtype, quantization, preprocessing: preprocessing[i] }) };
  });
}

/** Of a model that has int8 layers, those that are not, conversions apart: what one would like to be told. */
export function leftInFloat(model: ModelData, notes: readonly NodeNote[]): number {
  const all = explain(model, notes).filter(({ op }) => op !== "quantize" && op !== "dequantize");
  const floats = all.filter(({ runsIn }) => runsIn === "float32" || runsIn === "float16");
  return all.some(({ runsIn }) => runsIn === "int8") ? floats.length : 0;
}
