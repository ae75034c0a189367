import type { Model, TensorInfo } from "../index.js";
import type { ModelData } from "../toolchain.js";
import { constantBytes } from "./constants.js";
import { describePreprocessing, describeQuantization, describeType } from "./describe.js";
import {
  displayWidth,
  formatBytes,
  formatCount,
  formatShape,
  formatShare,
  plural,
  printable,
  shorten,
} from "./format.js";
import { inputFormula } from "./input-formula.js";
import { memoryLines } from "./memory-report.js";
import type { NodeReport } from "./node-report.js";
import { type Column, formatFacts, formatTable } from "./table.js";
import type { Terminal } from "./terminal.js";

/** A model, seen from both sides: the file and what the runtime made of it. */
export interface InspectedModel {
  readonly path: string;
  readonly fileBytes: number;
  readonly model: Model;
  readonly data: ModelData;
  readonly nodes: readonly NodeReport[];
}

const LABEL_COLUMNS = 56;
const NODE_COLUMNS: readonly Column[] = [
  { title: "#", align: "right" },
  { title: "node", isOptional: true },
  { title: "op" },
  { title: "kernel", canShrink: true },
  { title: "output" },
  { title: "dtype" },
  { title: "MACs", align: "right" },
  { title: "numerics" },
  { title: "runs in", isOptional: true },
];

export function inspectJson({ path, fileBytes, model, data, nodes }: InspectedModel): unknown {
  const { name, description, labels, inputs, outputs, info } = model;
  const { numerics, module, reason, wasmBytes, threads, steps, macs, memory, buffers } = info;
  return {
    file: { path, bytes: fileBytes, weightBytes: constantBytes(data) },
    name,
    description,
    numerics,
    labels,
    inputs: inputs.map((input) => ({ ...input, formula: inputFormula(input) })),
    outputs,
    module,
    reason,
    wasmBytes,
    threads,
    steps,
    macs,
    nodes,
    memory,
    buffers,
  };
}

export function inspectLines(inspected: InspectedModel, terminal: Terminal): string[] {
  const { model, nodes } = inspected;
  const { bold } = terminal.style;
  return [
    ...headerLines(inspected),
    "",
    bold(plural(model.inputs.length, "input")),
    ...model.inputs.flatMap((input) => [...tensorLines(input), `    input: ${inputFormula(input)}`]),
    "",
    bold(plural(model.outputs.length, "output")),
    ...model.outputs.flatMap(tensorLines),
    "",
    ...nodeLines(nodes, terminal),
    "",
    ...int8Lines(inspected),
    "",
    bold("memory"),
    ...memoryLines(model, terminal),
  ];
}

/** Whose results a profile reproduces. */
const SAME_BITS = {
  xnnpack: "LiteRT",
  tflite: "TFLite's reference kernels",
  onnx: "ONNX Runtime's portable code",
} as const;

/** Some nodes of a model for TFLite Micro say so; where none does, the reference kernels give the same. */
function sameBits({ model, data }: InspectedModel): string {
  const { numerics } = model.info;
  const isMicro = numerics === "tflite" && data.nodes.some(({ attributes }) => attributes["kernels"] === "micro");
  return isMicro ? "TFLite Micro" : SAME_BITS[numerics];
}

function headerLines(inspected: InspectedModel): string[] {
  const { path, fileBytes, model, data } = inspected;
  const { name, description, info } = model;
  return formatFacts([
    ["file", `${path}, ${formatBytes(fileBytes)}, of which weights ${formatBytes(constantBytes(data))}`],
    ["name", name],
    ...(description === "" ? [] : [["description", description] as const]),
    ["numerics", `${info.numerics}: the same bits as ${sameBits(inspected)}`],
    ["labels", describeLabels(model.labels)],
    ["module", `${info.module}: ${info.reason}; ${formatBytes(info.wasmBytes)} of Wasm`],
    [
      "program",
      `${plural(info.steps, "step")} for ${plural(info.nodes.length, "node")}, ${formatCount(info.macs)} MACs`,
    ],
  ]);
}

/** The number of labels, and as many of the first as fit on a line. */
function describeLabels(labels: readonly string[]): string {
  if (labels.length === 0) return "none";
  let count = 1;
  while (count < labels.length && displayWidth(labels.slice(0, count + 1).join(", ")) <= LABEL_COLUMNS) count++;
  const shown = shorten(labels.slice(0, count).join(", "), LABEL_COLUMNS);
  return `${labels.length}: ${shown}${labels.length > count ? ", …" : ""}`;
}

function tensorLines(tensor: TensorInfo): string[] {
  const { name, quantization, preprocessing } = tensor;
  return [
    `  ${printable(name)}  ${describeType(tensor)}`,
    `    ${describeQuantization(quantization)}`,
    ...(preprocessing ? [`    pixels: ${describePreprocessing(preprocessing)}`] : []),
  ];
}

function nodeLines(nodes: readonly NodeReport[], { width, isTerminal, style }: Terminal): string[] {
  const rows = nodes.map(({ name, op, kernels, shape, dtype, weights, macs, numerics, runsIn }, i) => [
    `${i}`,
    name,
    op,
    kernels.join(" + ") || "none, same bytes",
    formatShape(shape),
    weights === undefined ? dtype : `${dtype} (${weights})`,
    macs > 0 ? formatCount(macs) : "",
    numerics,
    runsIn,
  ]);
  const [titles, ...lines] = formatTable(NODE_COLUMNS, rows, isTerminal ? width : undefined);
  return [style.bold(titles as string), ...lines];
}

/** What the promise "int8" holds for, and why each node runs as it does: nodes with the same reason on one line. */
function int8Lines({ model, nodes }: InspectedModel): string[] {
  const inInt8 = nodes.filter(({ runsIn }) => runsIn === "int8");
  const macs = inInt8.reduce((sum, node) => sum + node.macs, 0);
  const share = model.info.macs > 0 ? `, ${formatShare(macs / model.info.macs)} of the MACs` : "";
  const groups = new Map<string, number[]>();
  for (const [i, { why }] of nodes.entries()) groups.set(why, [...(groups.get(why) ?? []), i]);
  return [
    `${inInt8.length} of ${plural(nodes.length, "node")} run in int8${share}:`,
    ...[...groups].map(([why, [first, ...others]]) => {
      const name = others.length === 0 ? ` ${printable(nodes[first!]!.name)}` : "";
      return `  ${ranges([first!, ...others])}${name}: ${printable(why)}`;
    }),
  ];
}

/** `0–4, 7, 9–10` */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}
