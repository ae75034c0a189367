/**
 * Time against multiply count: what a model costs beside what its multiplications would, real models and synthetic ones that
 * differ in width alone; and what more threads make of it.
 */
import { join } from "node:path";
import { convertModels, modelNames } from "../lib/models.mjs";
import { choose, MODULES, runBench, wholeNumber } from "../lib/options.mjs";
import { formatCount, formatNumber, formatTable, formatUs, microseconds, rounded } from "../lib/report.mjs";
import { writeSynthetic } from "./synthetic.mjs";

const USAGE = `  --modules a,b  ${MODULES.join(", ")} (all that the engine runs but scalar)
  --threads a,b  numbers of threads (1,2)
  --rounds N     timed windows per model, module and number of threads, at least 10 (60)`;
const suite = join(import.meta.dirname, "../models/suite.mjs");

const options = {
  modules: { type: "string" },
  threads: { type: "string", default: "1,2" },
  rounds: { type: "string" },
};

await runBench("scaling", { usage: USAGE, options }, async ({ options: given, engine, say, emit, progress }) => {
  const modules = choose("--modules", given.modules, MODULES, MODULES.slice(1));
  const threads = given.threads.split(",").map((text) => wholeNumber("--threads", text, 1, 1));
  const rounds = wholeNumber("--rounds", given.rounds, 60, 10);
  const real = modelNames();
  const { qbin: refused } = await convertModels(real);
  const models = [...real.filter((name) => !refused[name]), ...(await writeSynthetic())];
  progress(`${models.length} models …`);
  const rows = await engine.measure(suite, { models, modules, threads, rounds, profile: false });
  const timed = rows.filter(({ median }) => median !== undefined);
  for (const row of timed) emit(jsonLine(row, timed));
  for (const module of modules) {
    const lines = models
      .map((name) => timed.filter((row) => row.name === name && row.module === module))
      .filter((ofModel) => ofModel.length > 0)
      .sort(([a], [b]) => a.macs - b.macs)
      .map((ofModel) => tableLine(ofModel, threads));
    const columns = threads.flatMap((n) => (n === 1 ? ["1 thread µs", "GMAC/s"] : [`${n} threads µs`, "faster by"]));
    if (lines.length > 0) say(`${formatTable([[module, "multiplies", "steps", ...columns], ...lines])}\n`);
  }
  const reasons = new Set(
    rows.filter(({ missing }) => missing).map(({ threads: n, missing }) => `${n} threads: ${missing}`),
  );
  for (const reason of reasons) say(reason);
});

function tableLine(ofModel, threads) {
  const [{ name, macs, steps }] = ofModel;
  const cells = threads.flatMap((n) => {
    const row = ofModel.find((candidate) => candidate.threads === n);
    if (!row) return ["-", "-"];
    const second = n === 1 ? formatNumber(macs / row.median / 1e6) : `× ${(speedup(row, ofModel) ?? 0).toFixed(2)}`;
    return [formatUs(row.median), second];
  });
  return [name, formatCount(macs), String(steps), ...cells];
}

/** Times as fast as one thread, where that was measured. */
function speedup(row, rows) {
  const one = rows.find(({ name, module, threads }) => name === row.name && module === row.module && threads === 1);
  return one && one.median / row.median;
}

function jsonLine(row, rows) {
  const { name, module, threads, macs, steps, median, p90, iterations } = row;
  const times = { medianUs: microseconds(median), p90Us: microseconds(p90), iterations };
  const more = threads > 1 ? { speedup: rounded(speedup(row, rows) ?? 0) } : {};
  return { case: name, module, threads, macs, steps, ...times, gmacs: rounded(macs / median / 1e6), ...more };
}
