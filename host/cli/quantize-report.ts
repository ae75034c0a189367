import type { Attempt, ModelData, QuantizeReport, QuantizeResult, Reduction } from "../toolchain.js";
import { constantBytes } from "./constants.js";
import { formatBytes, formatMicroseconds, plural, printable } from "./format.js";
import { formatTable } from "./table.js";
import type { Terminal } from "./terminal.js";

/** What `quantize` did. */
export interface QuantizeDone extends QuantizeResult {
  readonly path: string;
  readonly output: string;
  readonly source: { readonly graph: ModelData; readonly byteLength: number };
  readonly bytes: Uint8Array;
  /** What a recipe tried; the last one is what was written. */
  readonly attempts?: readonly Attempt[];
  /** Layers that a size budget stored in fewer bits. */
  readonly reductions?: readonly Reduction[];
  /** Calibration and quantization. */
  readonly milliseconds: number;
}

export function quantizeJson({
  path,
  output,
  source,
  bytes,
  graph,
  report,
  milliseconds,
  attempts,
  reductions,
}: QuantizeDone): unknown {
  return {
    source: { path, bytes: source.byteLength, weightBytes: constantBytes(source.graph) },
    output: { path: output, bytes: bytes.byteLength, weightBytes: constantBytes(graph) },
    samples: report.samples,
    milliseconds,
    equalized: report.equalized,
    unclipped: report.unclipped,
    ...(report.unclippedSignalToNoise !== undefined && { unclippedSignalToNoise: report.unclippedSignalToNoise }),
    ...(attempts && { attempts }),
    ...(reductions && { reductions }),
    nodes: report.nodes,
    tensors: report.tensors.map(({ name, range, params }) => ({
      name,
      ...(range && { min: range.min, max: range.max }),
      scale: params.scale[0],
      zeroPoint: params.zeroPoint,
    })),
  };
}

export function quantizeLines(done: QuantizeDone, { width, isTerminal, style }: Terminal): string[] {
  const { path, output, source, bytes, graph, report, milliseconds, attempts = [], reductions } = done;
  const others = report.nodes.filter(({ why }) => why !== undefined);
  const [titles, ...rows] = formatTable([{ title: "mode" }, { title: "nodes", align: "right" }], countModes(report));
  const shares = `weights ${formatBytes(constantBytes(source.graph))} → ${formatBytes(constantBytes(graph))}`;
  return [
    `${printable(path)}, ${formatBytes(source.byteLength)} → ${style.bold(printable(output))}, ${formatBytes(bytes.byteLength)}`,
    `${shares}, ${plural(report.samples, "sample")}, ${formatMicroseconds(milliseconds * 1000)}`,
    ...(report.equalized.length === 0 ? [] : [`equalized with the next layer: ${report.equalized.join(", ")}`]),
    ...unclippedLines(report),
    "",
    ...(attempts.length === 0 ? [] : [...attemptLines(attempts, isTerminal ? width : undefined), ""]),
    ...(reductions ? [...reductionLines(reductions, isTerminal ? width : undefined), ""] : []),
    style.bold(titles as string),
    ...rows,
    ...(others.length === 0
      ? []
      : [
          "",
          `${plural(others.length, "node")} not as asked:`,
          ...formatTable(
            [{ title: "node" }, { title: "asked" }, { title: "is" }, { title: "because", canShrink: true }],
            others.map(({ node, wanted, mode, why }) => [node, wanted, mode, why ?? ""]),
            isTerminal ? width - 2 : undefined,
          ).map((line) => `  ${line}`),
        ]),
  ];
}

/** Which layers gave way to a size budget, those that gave way first above. */
function reductionLines(reductions: readonly Reduction[], width: number | undefined): string[] {
  if (reductions.length === 0) return ["the size budget holds with every layer as asked"];
  const columns = [
    { title: "to fit, layer", canShrink: true },
    { title: "is", align: "left" },
    { title: "alone, signal to noise", align: "right" },
  ] as const;
  const rows = reductions.map(({ node, mode, weightBits, signalToNoise }) => {
    const bits = weightBits === undefined ? "" : `, ${weightBits} bits`;
    return [printable(node), `${mode}${bits}`, `${signalToNoise.toFixed(1)} dB`];
  });
  return formatTable(columns, rows, width);
}

/** What equalization took from a model beside its unevenness. */
function unclippedLines({ unclipped, unclippedSignalToNoise }: QuantizeReport): string[] {
  if (unclipped.length === 0) return [];
  const change =
    unclippedSignalToNoise === undefined
      ? ""
      : `; the float model's outputs keep ${unclippedSignalToNoise.toFixed(1)} dB of signal to noise`;
  return [`relu6 became relu in ${plural(unclipped.length, "layer")} for that${change}`];
}

function countModes({ nodes }: QuantizeReport): string[][] {
  const counts = new Map<string, number>();
  for (const { mode } of nodes) counts.set(mode, (counts.get(mode) ?? 0) + 1);
  return [...counts].map(([mode, count]) => [mode, `${count}`]);
}

function attemptLines(attempts: readonly Attempt[], width: number | undefined): string[] {
  const columns = [
    { title: "tried", canShrink: true },
    { title: "points lost", align: "right" },
    { title: "time", align: "right" },
  ] as const;
  const rows = attempts.map(({ what, loss, milliseconds }) => {
    return [what, (100 * loss).toFixed(2), formatMicroseconds(milliseconds * 1000)];
  });
  return formatTable(columns, rows, width);
}
