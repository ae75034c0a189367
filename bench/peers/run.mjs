/**
 * How fast is a model in each runtime, once warm? All runtimes in one process, interleaved (lib/timing.mjs).
 * What is fair and why: README.md. Usage: node bench/peers/run.mjs --help
 */
import { checkAnswer } from "./lib/answer.mjs";
import { readCase } from "./lib/cases.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { oneLine, readOptions, runMain } from "./lib/options.mjs";
import { machineFacts } from "./lib/report.mjs";
import { interleave, median, quantile } from "./lib/timing.mjs";
import {
  addRatios,
  geometricMeans,
  meanJson,
  meansTable,
  objections,
  warmJson,
  warmTable,
} from "./lib/warm-report.mjs";
import { createRuntime, PEERS } from "./peers/index.mjs";

const USAGE = `node bench/peers/run.mjs [options]
  --models a,b   models of ../shared/models (all)
  --peers a,b    ${Object.keys(PEERS).join(", ")} (all)
  --module M     the module qbin uses: simd, scalar, … (simd)
  --rounds N     timed windows per runtime and model, at least 10 (150)
  --no-qbin      the peers alone
  --assert       exit status 1 if qbin is slower than litert, or wrong, on an integer model
  --json         JSON lines alone on standard output`;

/**
 * Checks every runtime's answer, then times those that have one.
 *
 * @param {import("./lib/cases.mjs").Case} golden
 * @param {import("./peers/index.mjs").Runtime[]} runtimes
 * @returns {Promise<import("./lib/warm-report.mjs").Row[]>} one per runtime, in order
 */
async function measure(golden, runtimes, rounds) {
  const rows = [];
  const contenders = [];
  for (const runtime of runtimes) {
    const row = { model: golden.name, integer: golden.integer, runtime: runtime.name, module: runtime.module };
    rows.push(row);
    try {
      const instance = await runtime.load(await runtime.convert(golden.tflite));
      const { ok, text } = checkAnswer(instance, golden);
      Object.assign(row, { ok, answer: text });
      contenders.push({ row, instance, run: instance.run });
    } catch (error) {
      Object.assign(row, { ok: false, answer: `fails: ${oneLine(error)}` });
    }
  }
  const results = interleave(contenders, { rounds });
  contenders.forEach(({ row, instance }, i) => {
    const { windows, runsPerWindow } = results[i];
    const iterations = windows.length * runsPerWindow;
    Object.assign(row, { median: median(windows), p90: quantile(windows, 0.9), iterations });
    instance.dispose();
  });
  addRatios(rows);
  return rows;
}

await runMain(async () => {
  const options = readOptions({
    usage: USAGE,
    rounds: 150,
    minRounds: 10,
    peers: Object.keys(PEERS),
    options: { assert: { type: "boolean", default: false } },
  });
  const { models, rounds, module, json } = options;
  ensureInstalled();
  const runtimes = options.runtimes.map((name) => createRuntime(name, { module }));
  for (const runtime of runtimes) {
    await runtime.read();
    await runtime.importGlue();
  }
  const facts = machineFacts();
  const rows = [];
  for (const name of models) {
    if (!json) console.error(`${name} …`);
    const measured = await measure(readCase(name), runtimes, rounds);
    rows.push(...measured);
    if (json) for (const row of measured) console.log(warmJson(row, facts));
  }
  const means = geometricMeans(rows);
  if (json) {
    for (const mean of means) console.log(meanJson(mean, facts));
  } else {
    console.log(`\n${facts.cpu}, ${facts.machine}, node ${facts.node}, commit ${facts.commit}, ${rounds} rounds`);
    console.log(`\n${warmTable(rows)}`);
    if (means.length > 0) console.log(`\n${meansTable(means)}`);
  }
  if (!options.assert) return;
  const found = objections(rows, models);
  for (const objection of found) console.error(`assert: ${objection}`);
  if (found.length > 0) process.exitCode = 1;
  else if (!json) console.log("\nassert: qbin is right and no slower than litert on every integer model measured");
});
