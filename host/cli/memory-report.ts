import type { Model } from "../index.js";
import { bufferKey, drawArena, type MapBuffer } from "./arena-map.js";
import { formatBytes, formatShare, plural, printable } from "./format.js";
import { type Column, formatFacts, formatTable } from "./table.js";
import type { Terminal } from "./terminal.js";

const SHOWN_BUFFERS = 16;
const BUFFER_COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "buffer", canShrink: true },
  { title: "size", align: "right" },
  { title: "at byte", align: "right" },
  { title: "nodes", align: "right" },
];

/** Sums, the arena's map, and the buffers that take most of it. */
export function memoryLines(model: Model, { width, isTerminal, style }: Terminal): string[] {
  const { info } = model;
  const { arena, arenaLowerBound, weights, total } = info.memory;
  const buffers = nameByNode(model)
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => a.firstUse - b.firstUse || a.offset - b.offset);
  const steps = info.nodes.length + 1;
  const over = arenaLowerBound > 0 ? arena / arenaLowerBound - 1 : 0;
  const facts = formatFacts([
    [
      "arena",
      `${formatBytes(arena)} at its peak; no plan can need less than ${formatBytes(arenaLowerBound)} (+${formatShare(over)})`,
    ],
    ["weights", `${formatBytes(weights)} packed`],
    ["total", `${formatBytes(total)} of linear memory, which never grows`],
  ]);
  const map = drawArena({ buffers, bytes: arena, steps }, width, style);
  return [
    ...facts.map((line) => `  ${line}`),
    "",
    style.bold("arena map"),
    `  nodes across, in order of time (${steps - 1}: the caller reads the outputs); bytes down`,
    `  ${describePeak(info.nodes, buffers)}`,
    ...map,
    "",
    ...bufferLines(buffers, isTerminal ? width : undefined),
  ];
}

/** The largest buffers with their letters; the rest is in `--json`. */
function bufferLines(buffers: readonly MapBuffer[], width: number | undefined): string[] {
  const order = buffers.map((_, i) => i).sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || a - b);
  const rows = order.slice(0, SHOWN_BUFFERS).map((i) => {
    const { name, bytes, offset, firstUse, lastUse } = buffers[i]!;
    return [bufferKey(i), name, formatBytes(bytes), `${offset}`, `${firstUse}-${lastUse}`];
  });
  const hidden = buffers.length - rows.length;
  return [
    ...formatTable(BUFFER_COLUMNS, rows, width),
    ...(hidden > 0 ? [`   and ${plural(hidden, "smaller one")}; --json lists all`] : []),
  ];
}

/** Tensor names of converted models are lists of everything that was fused; the node that fills a buffer says it better. */
function nameByNode({ info }: Model): MapBuffer[] {
  const producer = new Map(info.nodes.flatMap(({ name, outputs }) => outputs.map((tensor) => [tensor, name] as const)));
  return info.buffers.map((buffer) => ({ ...buffer, name: producer.get(buffer.name) ?? buffer.name }));
}

/** The first node at which most bytes are alive, which decides how large the arena is. */
function describePeak(nodes: readonly { readonly name: string }[], buffers: readonly MapBuffer[]): string {
  const change = new Array<number>(nodes.length + 2).fill(0);
  for (const { firstUse, lastUse, bytes } of buffers) {
    change[firstUse]! += bytes;
    change[lastUse + 1]! -= bytes;
  }
  let [peak, most, alive] = [0, 0, 0];
  change.forEach((bytes, step) => {
    alive += bytes;
    if (alive > most) [peak, most] = [step, alive];
  });
  const node = nodes[peak];
  return `most bytes are alive at ${node === undefined ? "the end" : `node ${peak}, ${printable(node.name)}`}`;
}
