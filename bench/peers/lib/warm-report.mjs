import { ASSERTED, CALL_BOUND } from "./cases.mjs";
import { formatMs, formatTable, microseconds } from "./report.mjs";
import { geometricMean } from "./timing.mjs";

/**
 * One runtime on one model. Times are in ms and absent if it does not run; `ratio` is peer / qbin, absent unless both
 * answer right.
 *
 * @typedef {{ model: string, integer: boolean, runtime: string, module: string, ok: boolean, answer: string,
 *   median?: number, p90?: number, iterations?: number, ratio?: number }} Row
 */

const HEADER = ["model", "runtime", "module", "answer", "median ms", "p90 ms", "peer / qbin"];

/** What the means are over. The second leaves out the models that LiteRT.js mostly spends calling into Wasm. */
const GROUPS = {
  "integer models": ({ integer }) => integer,
  "integer models beyond a call": ({ integer, model }) => integer && !CALL_BOUND.includes(model),
  "float models": ({ integer }) => !integer,
};

/** @param {Row[]} rows  of one model; sets `ratio` */
export function addRatios(rows) {
  const qbin = rows.find(({ runtime }) => runtime === "qbin");
  if (!qbin?.ok) return;
  for (const row of rows) if (row !== qbin && row.ok) row.ratio = row.median / qbin.median;
}

/** Geometric means of peer / qbin per peer and group, empty ones left out. */
export function geometricMeans(rows) {
  const peers = [...new Set(rows.map(({ runtime }) => runtime))];
  return peers.flatMap((runtime) =>
    Object.entries(GROUPS).flatMap(([group, belongs]) => {
      const ratios = rows
        .filter((row) => row.runtime === runtime && row.ratio && belongs(row))
        .map(({ ratio }) => ratio);
      return ratios.length === 0 ? [] : [{ runtime, group, models: ratios.length, mean: geometricMean(ratios) }];
    }),
  );
}

/** @param {Row[]} rows */
export function warmTable(rows) {
  const lines = rows.map(({ model, runtime, module, answer, median, p90, ratio }, i) => [
    model === rows[i - 1]?.model ? "" : model,
    runtime,
    module,
    // The reason is a footnote, so that it cannot widen the table.
    answer.startsWith("fails") ? "fails" : answer,
    ...(median === undefined ? ["-", "-"] : [formatMs(median), formatMs(p90)]),
    ratio?.toFixed(2) ?? "",
  ]);
  const failures = rows.filter(({ answer }) => answer.startsWith("fails"));
  const footnotes = failures.map(({ model, runtime, answer }) => `${runtime} on ${model} ${answer}`);
  return [formatTable([HEADER, ...lines], 4), ...footnotes].join("\n");
}

export function meansTable(means) {
  const lines = means.map(({ runtime, group, models, mean }) => [runtime, group, String(models), mean.toFixed(2)]);
  return formatTable([["geometric mean", "over", "models", "peer / qbin"], ...lines], 2);
}

/** @param {Row} row */
export function warmJson({ model, runtime, module, answer, ok, median, p90, iterations, ratio }, facts) {
  const times = median === undefined ? {} : { medianUs: microseconds(median), p90Us: microseconds(p90), iterations };
  const peerPerQbin = ratio === undefined ? {} : { peerPerQbin: Number(ratio.toFixed(3)) };
  return JSON.stringify({
    bench: "peers",
    case: model,
    runtime,
    module,
    ok,
    answer,
    ...times,
    ...peerPerQbin,
    ...facts,
  });
}

export function meanJson({ runtime, group, models, mean }, facts) {
  return JSON.stringify({
    bench: "peers",
    case: group,
    runtime,
    models,
    peerPerQbin: Number(mean.toFixed(3)),
    ...facts,
  });
}

/**
 * What `--assert` objects to, one sentence each. A model that was asked for and could not be compared is an objection
 * too: a check that skips in silence is none.
 *
 * @param {Row[]} rows
 * @param {string[]} models  what was measured
 */
export function objections(rows, models) {
  return ASSERTED.filter((model) => models.includes(model)).flatMap((model) => {
    const [qbin, litert] = ["qbin", "litert"].map((name) =>
      rows.find((row) => row.model === model && row.runtime === name),
    );
    if (!qbin?.ok) return [`${model}: qbin ${qbin?.answer ?? "was not run"}`];
    if (!litert?.ok)
      return [`${model}: litert ${litert?.answer ?? "was not run"}, so there is nothing to compare with`];
    if (litert.ratio >= 1) return [];
    return [`${model}: qbin takes ${formatMs(qbin.median)} ms, litert ${formatMs(litert.median)} ms`];
  });
}
