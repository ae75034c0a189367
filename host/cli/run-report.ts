import type { Model } from "../index.js";
import { describeType } from "./describe.js";
import { formatBytes, formatMicroseconds, formatReal, padEnd, plural, printable } from "./format.js";
import { isVector, largest, type RankedValue, realValues, summarize } from "./real-values.js";
import { formatFacts } from "./table.js";
import type { Terminal } from "./terminal.js";
import type { RunTimes } from "./timing.js";

/** What `run` did. */
export interface RunResult {
  readonly model: Model;
  readonly times: RunTimes;
  /** File of each output; empty when none were asked for. */
  readonly files: readonly string[];
  readonly top: number;
  readonly isRepeated: boolean;
}

const BAR_COLUMNS = 24;
const FIRST_VALUES = 8;

export function runJson({ model, times, files, top }: RunResult): unknown {
  const { module, reason, wasmBytes, threads, threadsReason, memory } = model.info;
  return {
    model: model.name,
    outputs: model.outputs.map((output, i) => ({
      ...output,
      file: files[i] ?? null,
      ...(isRanked(model, i) && { top: rank(model, i, top) }),
      ...summarize(realValues(model.output(i))),
    })),
    times,
    module,
    reason,
    threads,
    threadsReason,
    wasmBytes,
    memory,
  };
}

export function runLines(result: RunResult, { style }: Terminal): string[] {
  const { model, files, top } = result;
  const lines: string[] = [];
  model.outputs.forEach((output, i) => {
    const file = files[i] === undefined ? "" : ` → ${printable(files[i])}`;
    lines.push(`${style.bold(printable(output.name))}  ${describeType(output)}${file}`);
    lines.push(...(isRanked(model, i) ? rankedLines(rank(model, i, top), style.accent) : valueLines(model, i)));
    lines.push("");
  });
  return [...lines, ...formatFacts(facts(result))];
}

/** An output of one value per class: as many as there are labels, or the only output and a vector. */
function isRanked({ labels, outputs }: Model, i: number): boolean {
  const { shape } = outputs[i]!;
  return isVector(shape) && (labels.length > 0 ? shape.at(-1) === labels.length : outputs.length === 1);
}

function rank(model: Model, i: number, count: number): RankedValue[] {
  return largest(realValues(model.output(i)), count, model.labels);
}

/** Bars are drawn for shares only, that is: where all shown values are from 0 to 1. */
function rankedLines(ranked: readonly RankedValue[], accent: (text: string) => string): string[] {
  const names = ranked.map(({ index, label }) => printable(label ?? `[${index}]`));
  const values = ranked.map(({ value }) => formatReal(value));
  const width = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const isShare = ranked.every(({ value }) => value >= 0 && value <= 1.001);
  return ranked.map(({ value }, i) => {
    const bar = isShare ? accent("#".repeat(Math.round(Math.min(value, 1) * BAR_COLUMNS))) : "";
    return `  ${padEnd(names[i] as string, width(names))}  ${(values[i] as string).padEnd(width(values))}  ${bar}`.trimEnd();
  });
}

function valueLines(model: Model, i: number): string[] {
  const values = realValues(model.output(i));
  const first = Array.from(values.subarray(0, FIRST_VALUES), formatReal).join(" ");
  if (values.length <= FIRST_VALUES) return [`  ${first}`];
  const { min, max, mean } = summarize(values);
  return [`  from ${formatReal(min)} to ${formatReal(max)}, mean ${formatReal(mean)}; starts with ${first}`];
}

function facts({ model, times, isRepeated }: RunResult): [string, string][] {
  const { module, reason, wasmBytes, threads, threadsReason, memory } = model.info;
  const time = isRepeated
    ? `${formatMicroseconds(times.medianUs)}, median of ${plural(times.runs, "run")}; the first took ${formatMicroseconds(times.firstUs)}`
    : `${formatMicroseconds(times.firstUs)}, the first run; --repeat 100 shows the warm time`;
  return [
    ["time", time],
    ["module", `${module}: ${reason}`],
    ["threads", `${threads}: ${threadsReason}`],
    ["wasm", formatBytes(wasmBytes)],
    ["arena", `${formatBytes(memory.arena)} of ${formatBytes(memory.total)} linear memory`],
  ];
}
