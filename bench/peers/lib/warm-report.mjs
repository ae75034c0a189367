import { CALL_BOUND } from "../../lib/cases.mjs";
import { formatTable, formatUs, microseconds, rounded } from "../../lib/report.mjs";
import { geometricMean } from "../../lib/timing.mjs";

/**
 * One runtime on one model. Times are in ms and absent if it does not run; `ratio` is peer / qbin, absent unless both
 * answer right.
 *
 * @typedef {{ model: string, integer: boolean, runtime: string, module: string, ok: boolean, answer: string,
 *   median?: number, p90?: number, min?: number, iterations?: number, ratio?: number }} Row
 */

/** What the means are over. The second leaves out the models that LiteRT.js mostly spends calling into Wasm. */
const GROUPS = {
  "integer models": ({ integer }) => integer,
  "integer models beyond a call": ({ integer, model }) => integer && !CALL_BOUND.includes(model),
  "float models": ({ integer }) => !integer,
};

/** @param {Row[]} rows  of any number of models; sets `ratio` */
export function addRatios(rows) {
  for (const row of rows) {
    const qbin = rows.find(({ model, runtime }) => model === row.model && runtime === "qbin");
    if (row !== qbin && row.ok && qbin?.ok) row.ratio = row.median / qbin.median;
  }
}

/** Geometric means of peer / qbin per peer and group, empty ones left out. */
export function geometricMeans(rows) {
  return runtimesOf(rows).flatMap((runtime) =>
    Object.entries(GROUPS).flatMap(([group, belongs]) => {
      const ratios = rows
        .filter((row) => row.runtime === runtime && row.ratio && belongs(row))
        .map(({ ratio }) => ratio);
      return ratios.length === 0 ? [] : [{ runtime, group, models: ratios.length, mean: geometricMean(ratios) }];
    }),
  );
}

/** Above this many medians a 90th percentile says that the machine did something else meanwhile. */
const DISTURBED = 1.5;

/** Ratios first: peer / qbin, a line per model; what is judged is marked `*`, what was disturbed `~`. */
export function ratioTable(rows, verdicts) {
  const peers = runtimesOf(rows).filter((name) => name !== "qbin");
  const lines = modelsOf(rows).map((model) => {
    const verdict = verdicts.find((candidate) => candidate.model === model);
    const cells = peers.map((peer) => {
      const pair = [find(rows, model, peer), find(rows, model, "qbin")];
      if (pair[0]?.ratio === undefined) return "-";
      const isDisturbed = pair.some(({ median, p90 }) => p90 > DISTURBED * median);
      return `${verdict?.peer === peer ? "*" : ""}${isDisturbed ? "~" : ""}${pair[0].ratio.toFixed(2)}`;
    });
    const judged = verdict ? [verdict.least.toFixed(1), verdict.ok ? "" : "<-- below"] : ["", ""];
    return [model, find(rows, model, "qbin")?.module ?? "", ...cells, ...judged];
  });
  return formatTable([["peer / qbin", "module", ...peers, "wanted", ""], ...lines], 2);
}

/** Median and 90th percentile; an answer is named where it is not XNNPACK's to the bit. */
export function timeTable(rows) {
  const runtimes = runtimesOf(rows);
  const lines = modelsOf(rows).map((model) => [
    model,
    ...runtimes.map((runtime) => {
      const row = find(rows, model, runtime);
      if (row?.median === undefined) return "fails";
      return `${formatUs(row.median)} (${formatUs(row.p90)})${row.ok ? "" : ` ${row.answer}`}`;
    }),
  ]);
  return formatTable([["median (p90), µs", ...runtimes], ...lines]);
}

/** Why a runtime has no number, one line per reason. */
export function footnotes(rows) {
  const models = new Map();
  for (const { model, runtime, answer } of rows.filter((row) => row.answer.startsWith("fails"))) {
    const reason = `${runtime} ${answer}`;
    models.set(reason, [...(models.get(reason) ?? []), model]);
  }
  return [...models].map(([reason, names]) => `${reason} (${names.join(", ")})`).join("\n");
}

export function meansTable(means) {
  const groups = [...new Set(means.map(({ group }) => group))];
  const lines = runtimesOf(means).map((runtime) => [
    runtime,
    ...groups.map((group) => find(means, group, runtime, "group")?.mean.toFixed(2) ?? "-"),
  ]);
  return formatTable([["geometric mean", ...groups], ...lines]);
}

/** @param {Row} row */
export function warmLine({ model, integer, runtime, module, answer, ok, median, p90, min, iterations, ratio }) {
  const times =
    median === undefined
      ? {}
      : { medianUs: microseconds(median), p90Us: microseconds(p90), minUs: microseconds(min), iterations };
  const peerPerQbin = ratio === undefined ? {} : { peerPerQbin: rounded(ratio) };
  return { case: model, integer, runtime, module, ok, answer, ...times, ...peerPerQbin };
}

export function meanLine({ runtime, group, models, mean }) {
  return { case: group, runtime, models, peerPerQbin: rounded(mean) };
}

const runtimesOf = (rows) => [...new Set(rows.map(({ runtime }) => runtime))];
const modelsOf = (rows) => [...new Set(rows.map(({ model }) => model))];
const find = (rows, what, runtime, key = "model") => rows.find((row) => row[key] === what && row.runtime === runtime);
