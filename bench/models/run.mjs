/** How long does every model take, on every module this engine runs? With --profile, step by step. */
import { join } from "node:path";
import { convertModels, modelNames } from "../lib/models.mjs";
import { choose, MODULES, runBench, wholeNumber } from "../lib/options.mjs";
import { formatCount, formatNumber, formatTable, formatUs, microseconds, rounded } from "../lib/report.mjs";

const USAGE = `  --models a,b   models of ../shared/models (all that qbin imports)
  --modules a,b  ${MODULES.join(", ")} (all that the engine runs but scalar)
  --threads a,b  numbers of threads (1,2)
  --rounds N     timed windows per model, module and number of threads, at least 10 (100)
  --profile      every step of the program as well`;
const HEADER = ["model", "module", "threads", "median µs", "p90", "min", "GMAC/s", "load ms", "weights", "arena"];

const options = {
  models: { type: "string" },
  modules: { type: "string" },
  threads: { type: "string", default: "1,2" },
  rounds: { type: "string" },
  profile: { type: "boolean", default: false },
};

await runBench("models", { usage: USAGE, options }, async ({ options: given, engine, say, emit, progress }) => {
  const wanted = choose("--models", given.models, modelNames());
  const { qbin: refused } = await convertModels(wanted);
  const params = {
    models: wanted.filter((name) => !refused[name]),
    modules: choose("--modules", given.modules, MODULES, MODULES.slice(1)),
    threads: given.threads.split(",").map((text) => wholeNumber("--threads", text, 1, 1)),
    rounds: wholeNumber("--rounds", given.rounds, 100, 10),
    profile: given.profile,
  };
  let last;
  const rows = await engine.measure(join(import.meta.dirname, "suite.mjs"), params, ({ name }) => {
    if (name !== last) progress(`${name} …`);
    last = name;
  });
  const timed = rows.filter(({ median }) => median !== undefined);
  for (const row of timed) emit(jsonLine(row));
  say(formatTable([HEADER, ...timed.map(tableLine)], 2));
  for (const line of missingLines(rows)) say(line);
  for (const [name, reason] of Object.entries(refused)) say(`${name}: ${reason}`);
  for (const { name, module, profile } of rows.filter((row) => row.profile)) {
    for (const line of profile) emit({ case: `${name}/${line.node}`, module, ...line });
    say(`\n${profileTable(name, module, profile)}\n\n${kernelTable(profile)}`);
  }
});

/** What was asked for and not run, once for each reason. */
function missingLines(rows) {
  const missing = rows.filter((row) => row.missing);
  const reasons = new Set(missing.map(({ threads, missing: reason }) => `${threads} threads: ${reason}`));
  return [...reasons].map((reason) => {
    const names = missing.filter((row) => `${row.threads} threads: ${row.missing}` === reason).map(({ name }) => name);
    return `${reason} (${[...new Set(names)].join(", ")})`;
  });
}

function tableLine({ name, module, threads, macs, median, p90, min, loadMs, memory }) {
  const times = [median, p90, min].map(formatUs);
  const gmacs = formatNumber(macs / median / 1e6);
  const bytes = [memory.weights, memory.arena].map(formatCount);
  return [name, module, String(threads), ...times, gmacs, formatNumber(loadMs), ...bytes];
}

function jsonLine({ name, module, threads, macs, median, p90, min, iterations, loadMs, memory }) {
  const times = { medianUs: microseconds(median), p90Us: microseconds(p90), minUs: microseconds(min), iterations };
  const gmacs = rounded(macs / median / 1e6);
  return { case: name, module, threads, ...times, gmacs, loadUs: microseconds(loadMs), ...memory };
}

/** Steps in order, with their share of the sum. */
function profileTable(name, module, profile) {
  const total = profile.reduce((sum, step) => sum + step.microseconds, 0);
  const lines = profile.map((step) => [
    step.op,
    step.kernel,
    formatNumber(step.microseconds),
    `${((100 * step.microseconds) / total).toFixed(1)} %`,
    step.macs > 0 ? formatNumber(step.gmacs) : "",
  ]);
  const title = `${name}, ${module}: ${formatNumber(total)} µs`;
  return formatTable([[title, "kernel", "µs", "share", "GMAC/s"], ...lines], 2);
}

/** The same by kernel, the dearest first. */
function kernelTable(profile) {
  const total = profile.reduce((sum, step) => sum + step.microseconds, 0);
  const lines = [...new Set(profile.map(({ kernel }) => kernel))]
    .map((kernel) => {
      const steps = profile.filter((step) => step.kernel === kernel);
      const [us, macs] = ["microseconds", "macs"].map((key) => steps.reduce((sum, step) => sum + step[key], 0));
      return { kernel, steps: steps.length, us, macs };
    })
    .sort((a, b) => b.us - a.us)
    .map(({ kernel, steps, us, macs }) => [
      kernel,
      String(steps),
      formatNumber(us),
      `${((100 * us) / total).toFixed(1)} %`,
      macs > 0 ? formatNumber(macs / us / 1000) : "",
    ]);
  return formatTable([["kernel", "steps", "µs", "share", "GMAC/s"], ...lines]);
}
