import type { ModelData, NodeDecision, NodeNote } from "../toolchain.js";
import { constantBytes } from "./constants.js";
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
  readonly warnings: readonly string[];
}

/** Nodes of one op, by the arithmetic they compute with. */
interface OpCount {
  readonly op: string;
  readonly nodes: number;
  /** Nodes per numerics profile; only profiles that occur. */
  readonly numerics: Readonly<Record<string, number>>;
}

export function convertJson({
  path,
  output,
  source,
  bytes,
  model,
  decisions,
  notes,
  warnings,
}: ConvertResult): unknown {
  return {
    source: { path, bytes: source.byteLength },
    output: { path: output, bytes: bytes.byteLength, weightBytes: constantBytes(model) },
    name: model.name,
    numerics: model.numerics,
    nodes: model.nodes.length,
    ops: countOps(model),
    builtIn: builtIn(decisions),
    notes,
    warnings,
  };
}

export function convertLines(result: ConvertResult, { width, isTerminal, style }: Terminal): string[] {
  const { path, output, source, bytes, model, decisions, notes, warnings } = result;
  const ops = countOps(model);
  const profiles = [...new Set(ops.flatMap(({ numerics }) => Object.keys(numerics)))].sort();
  const [titles, ...rows] = formatTable(
    [{ title: "op" }, ...["nodes", ...profiles].map((title) => ({ title, align: "right" as const }))],
    ops.map(({ op, nodes, numerics }) => [op, `${nodes}`, ...profiles.map((profile) => `${numerics[profile] ?? ""}`)]),
  );
  const fallen = builtIn(decisions);
  return [
    `${printable(path)}, ${formatBytes(source.byteLength)} → ${style.bold(printable(output))}, ${formatBytes(bytes.byteLength)}`,
    `${plural(model.nodes.length, "node")}, weights ${formatBytes(constantBytes(model))}, numerics ${model.numerics}`,
    "",
    style.bold(titles as string),
    ...rows,
    ...(fallen.length === 0
      ? []
      : [
          "",
          `${plural(fallen.length, "node")} with the arithmetic of TensorFlow Lite's built-in kernels, as in LiteRT:`,
          ...formatTable(
            [{ title: "node" }, { title: "because", canShrink: true }],
            fallen.map(({ node, reason }) => [node, reason]),
            isTerminal ? width - 2 : undefined,
          ).map((line) => `  ${line}`),
        ]),
    ...(notes.length === 0
      ? []
      : [
          "",
          `${plural(notes.length, "node")} not in int8:`,
          ...formatTable(
            [{ title: "node" }, { title: "because", canShrink: true }],
            notes.map(({ node, reason }) => [node, reason]),
            isTerminal ? width - 2 : undefined,
          ).map((line) => `  ${line}`),
        ]),
    ...(warnings.length === 0 ? [] : ["", ...warnings.map(printable)]),
  ];
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
