import type { ModelData, NodeDecision, NodeNote } from "../toolchain.js";
import { constantBytes } from "./constants.js";
import { explainJson, explainLines, leftInFloat } from "./explain-report.js";
import { formatBytes, plural, printable } from "./format.js";
import { formatTable } from "./table.js";
import type { Terminal } from "./terminal.js";

/** What `convert` did. */
export interface ConvertResult {
  readonly path: string;
  readonly output: string;
  readonly source: { readonly byteLength: number };
  readonly bytes: Uint8Array;
  readonly model: ModelData;
  readonly decisions: readonly NodeDecision[];
  readonly notes: readonly NodeNote[];
  /** Those of the notes that are always shown. */
  readonly exceptions: readonly NodeNote[];
  readonly warnings: readonly string[];
  /** Whether to say for each layer what it runs in and why. */
  readonly isExplained: boolean;
}

/** Nodes of one op, by the arithmetic they compute with. */
interface OpCount {
  readonly op: string;
  readonly nodes: number;
  /** Nodes per numerics profile; only profiles that occur. */
  readonly numerics: Readonly<Record<string, number>>;
}

export function convertJson(result: ConvertResult): unknown {
  const { path, output, source, bytes, model, decisions, notes, exceptions, warnings, isExplained } = result;
  return {
    source: { path, bytes: source.byteLength },
    output: { path: output, bytes: bytes.byteLength, weightBytes: constantBytes(model) },
    name: model.name,
    numerics: model.numerics,
    nodes: model.nodes.length,
    ops: countOps(model),
    builtIn: builtIn(decisions),
    notes: exceptions,
    warnings,
    ...(isExplained && { explain: explainJson(model, notes) }),
  };
}

export function convertLines(result: ConvertResult, terminal: Terminal): string[] {
  const { path, output, source, bytes, model, notes, warnings, isExplained } = result;
  const { style } = terminal;
  const ops = countOps(model);
  const profiles = [...new Set(ops.flatMap(({ numerics }) => Object.keys(numerics)))].sort();
  const [titles, ...rows] = formatTable(
    [{ title: "op" }, ...["nodes", ...profiles].map((title) => ({ title, align: "right" as const }))],
    ops.map(({ op, nodes, numerics }) => [op, `${nodes}`, ...profiles.map((profile) => `${numerics[profile] ?? ""}`)]),
  );
  return [
    `${printable(path)}, ${formatBytes(source.byteLength)} → ${style.bold(printable(output))}, ${formatBytes(bytes.byteLength)}`,
    `${plural(model.nodes.length, "node")}, weights ${formatBytes(constantBytes(model))}, numerics ${model.numerics}`,
    "",
    style.bold(titles as string),
    ...rows,
    ...(isExplained ? ["", ...explainLines(model, notes, terminal)] : exceptionLines(result, terminal)),
    ...(warnings.length === 0 ? [] : ["", ...warnings.map(printable)]),
  ];
}

/** What one would not expect, where nobody asked for everything. */
function exceptionLines({ model, decisions, notes, exceptions }: ConvertResult, terminal: Terminal): string[] {
  const fallen = builtIn(decisions);
  const floats = exceptions.length > 0 ? 0 : leftInFloat(model, notes);
  return [
    ...(fallen.length === 0
      ? []
      : [
          "",
          `${plural(fallen.length, "node")} with the arithmetic of TensorFlow Lite's built-in kernels, as in LiteRT:`,
          ...reasonTable(fallen, terminal),
        ]),
    ...(floats === 0 ? [] : ["", `${plural(floats, "node")} of it not in int8; --explain says why`]),
    ...(exceptions.length === 0
      ? []
      : ["", `${plural(exceptions.length, "node")} not in int8:`, ...reasonTable(exceptions, terminal)]),
  ];
}

function reasonTable(reasons: readonly NodeNote[], { width, isTerminal }: Terminal): string[] {
  return formatTable(
    [{ title: "node" }, { title: "because", canShrink: true }],
    reasons.map(({ node, reason }) => [node, reason]),
    isTerminal ? width - 2 : undefined,
  ).map((line) => `  ${line}`);
}

function countOps({ nodes }: ModelData): OpCount[] {
  const counts = new Map<string, { op: string; nodes: number; numerics: Record<string, number> }>();
  for (const { op, numerics } of nodes) {
    const count = counts.get(op) ?? { op, nodes: 0, numerics: {} };
    count.nodes++;
    count.numerics[numerics] = (count.numerics[numerics] ?? 0) + 1;
    counts.set(op, count);
  }
  return [...counts.values()].sort((a, b) => b.nodes - a.nodes);
}

function builtIn(decisions: readonly NodeDecision[]): { node: string; reason: string }[] {
  return decisions.flatMap(({ node, decision }) => (decision.delegated ? [] : [{ node, reason: decision.reason }]));
}
