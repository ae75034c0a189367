import type { Attempt, ModelData, QuantizeReport, QuantizeResult } from "../toolchain.js";
import { constantBytes } from "./constants.js";
import { formatBytes, formatMicroseconds, plural, printable } from "./format.js";
import { formatTable } from "./table.js";
import type { Terminal } from "./terminal.js";

/** What `quantize` did. */
export interface QuantizeDone extends QuantizeResult {
  readonly path: string;
  readonly output: string;
  readonly source: { readonly graph: ModelData; readonly bytes: Uint8Array };
  readonly bytes: Uint8Array;
  /** What a recipe tried; the last one is what was written. */
  readonly attempts?: readonly Attempt[];
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
}: QuantizeDone): unknown {
  return {
    source: { path, bytes: source.bytes.byteLength, weightBytes: constantBytes(source.graph) },
    output: { path: output, bytes: bytes.byteLength, weightBytes: constantBytes(graph) },
    samples: report.samples,
    milliseconds,
    equalized: report.equalized,
    unclipped: report.unclipped,
    ...(report.unclippedSignalToNoise !== undefined && { unclippedSignalToNoise: report.unclippedSignalToNoise }),
    ...(attempts && { attempts }),
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
  const { path, output, source, bytes, graph, report, milliseconds, attempts = [] } = done;
  const others = report.nodes.filter(({ why }) => why !== undefined);
  const [titles, ...rows] = formatTable([{ title: "mode" }, { title: "nodes", align: "right" }], countModes(report));
  const shares = `weights ${formatBytes(constantBytes(source.graph))} → ${formatBytes(constantBytes(graph))}`;
  return [
    `${printable(path)}, ${formatBytes(source.bytes.byteLength)} → ${style.bold(printable(output))}, ${formatBytes(bytes.byteLength)}`,
    `${shares}, ${plural(report.samples, "sample")}, ${formatMicroseconds(milliseconds * 1000)}`,
    ...(report.equalized.length === 0 ? [] : [`equalized with the next layer: ${report.equalized.join(", ")}`]),
    ...unclippedLines(report),
    "",
    ...(attempts.length === 0 ? [] : [...attemptLines(attempts, isTerminal ? width : undefined), ""]),
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
