import { cpus } from "node:os";
import type { Model, StepProfile } from "../index.js";
import { formatCount, formatMicroseconds, formatShare, plural, printable } from "./format.js";
import { type Column, formatFacts, formatTable } from "./table.js";
import type { Terminal } from "./terminal.js";
import type { BenchTimes } from "./timing.js";

export interface BenchResult {
  readonly model: Model;
  readonly times: BenchTimes;
  /** Present when a profile was asked for. */
  readonly steps?: readonly StepProfile[];
}

const BAR_COLUMNS = 16;
const STEP_COLUMNS: readonly Column[] = [
  { title: "#", align: "right" },
  { title: "node", canShrink: true },
  { title: "kernel", canShrink: true },
  { title: "time", align: "right" },
  { title: "GMAC/s", align: "right" },
  { title: "share", align: "right" },
  { title: "" },
];

/** The keys every bench of this project prints, so that results can be put side by side. */
export function benchJson({ model, times, steps }: BenchResult): unknown {
  const { module, threads, threadsReason, macs } = model.info;
  return {
    bench: "model",
    case: model.name,
    module,
    threads,
    threadsReason,
    ...times,
    iterations: times.windows * times.runsPerWindow,
    macs,
    gmacs: gmacsPerSecond(macs, times.medianUs),
    engine: `node ${process.versions.node}`,
    cpu: cpus()[0]?.model ?? "unknown",
    ...(steps && { steps }),
  };
}

export function benchLines({ model, times, steps }: BenchResult, terminal: Terminal): string[] {
  const { module, reason, threads, threadsReason, macs } = model.info;
  const { medianUs, p90Us, minUs, windows, runsPerWindow } = times;
  const speed = macs > 0 ? `, ${gmacsPerSecond(macs, medianUs).toFixed(2)} GMAC/s` : "";
  const lines = [
    `${terminal.style.bold(printable(model.name))}  ${formatCount(macs)} MACs, ${plural(threads, "thread")}`,
    ...formatFacts([
      ["module", `${module}: ${reason}`],
      ["threads", `${threads}: ${threadsReason}`],
      ["median", `${formatMicroseconds(medianUs)}${speed}`],
      ["p90", formatMicroseconds(p90Us)],
      ["min", formatMicroseconds(minUs)],
      ["over", `${plural(windows, "window")} of ${plural(runsPerWindow, "run")}`],
    ]),
  ];
  return steps ? [...lines, "", ...profileLines(steps, terminal)] : lines;
}

/** One row per step. The slowest is marked, and bars are drawn against it. */
function profileLines(steps: readonly StepProfile[], { width, isTerminal, style }: Terminal): string[] {
  const total = steps.reduce((sum, step) => sum + step.microseconds, 0);
  const slowest = Math.max(...steps.map((step) => step.microseconds));
  const rows = steps.map(({ node, kernel, microseconds, macs, gmacs }, i) => {
    const bar = "#".repeat(Math.round((microseconds / slowest) * BAR_COLUMNS));
    const mark = microseconds === slowest ? " <--" : "";
    const speed = macs > 0 ? gmacs.toFixed(2) : "";
    return [
      `${i}`,
      node,
      kernel,
      formatMicroseconds(microseconds),
      speed,
      formatShare(microseconds / total),
      bar + mark,
    ];
  });
  const [titles, ...table] = formatTable(STEP_COLUMNS, rows, isTerminal ? width : undefined);
  const note = `Steps add up to ${formatMicroseconds(total)}: each was timed on its own, with a call into Wasm of its own.`;
  return [
    style.bold(titles as string),
    ...table.map((line, i) => (steps[i]?.microseconds === slowest ? style.accent(line) : line)),
    note,
  ];
}

function gmacsPerSecond(macs: number, microseconds: number): number {
  return macs / microseconds / 1000;
}
