/**
 * How long from bytes in memory to the first result? One fresh process or browser per number, runtimes by turns.
 *
 * The rule, the same for everybody (suite.mjs carries it out):
 *
 *   before the clock   the model in the runtime's own format (.tflite, .qbin) and the input are in memory, and so is the
 *                      Wasm of a runtime that can be handed it; nothing is compiled
 *   import             the runtime's JavaScript is read, parsed and evaluated        ┐
 *   load               Wasm compiled and instantiated, model prepared       ┐        │
 *   first run          input set, one inference, output copied out          ┘ cold   ┘ with import
 *
 * "cold" is what a page pays that already has the code; "with import" adds the code. The answer is checked after the
 * clock has stopped. Where a runtime finds its own Wasm (qbin does), reading it is inside its clock.
 */
import { join } from "node:path";
import { modelNames } from "../lib/models.mjs";
import { choose, runBench, wholeNumber } from "../lib/options.mjs";
import { formatNumber, formatTable, microseconds } from "../lib/report.mjs";
import { summarize } from "../lib/timing.mjs";
import { convertForRuntimes } from "../peers/lib/convert.mjs";
import { ensureInstalled } from "../peers/lib/install.mjs";
import { PEERS } from "../peers/peers/index.mjs";

const USAGE = `  --models a,b   models of ../shared/models (kws_int8, resnet8_int8, tf2_mobilenet_v2_1.0_224_ptq)
  --peers a,b    ${Object.keys(PEERS).join(", ")} (tfjs-tflite, litert)
  --module M     the module qbin uses (auto: what it chooses)
  --rounds N     fresh processes per runtime and model, at least 7 (9)
  --no-qbin      the peers alone`;
const MODELS = ["kws_int8", "resnet8_int8", "tf2_mobilenet_v2_1.0_224_ptq"];
const HEADER = ["model", "runtime", "module", "cold", "p90", "load", "run", "with import", "peer / qbin"];
const suite = join(import.meta.dirname, "suite.mjs");

const options = {
  models: { type: "string" },
  peers: { type: "string" },
  module: { type: "string", default: "auto" },
  rounds: { type: "string" },
  "no-qbin": { type: "boolean", default: false },
};

await runBench("cold", { usage: USAGE, options }, async ({ options: given, engine, say, emit, progress }) => {
  const models = choose("--models", given.models, modelNames(), MODELS);
  const peers = choose("--peers", given.peers, Object.keys(PEERS), ["tfjs-tflite", "litert"]);
  const rounds = wholeNumber("--rounds", given.rounds, 9, 7);
  ensureInstalled();
  const refused = await convertForRuntimes(models);
  const lines = [HEADER];
  for (const model of models) {
    progress(`${model} …`);
    const runtimes = (given["no-qbin"] ? peers : ["qbin", ...peers]).filter((name) => !refused[name]?.[model]);
    const rows = await measure(engine, model, runtimes, given.module, rounds);
    for (const row of rows) emit(jsonLine(row));
    lines.push(...rows.map((row) => tableLine(row, rows[0])));
  }
  say(formatTable(lines, 3));
  say(`\nmilliseconds, median of ${rounds} starts`);
});

/** Starts every runtime `rounds` times, a different one first each round. The round before, not counted, warms the file cache. */
async function measure(engine, model, runtimes, module, rounds) {
  const starts = runtimes.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < runtimes.length; turn++) {
      const i = (round + 1 + turn) % runtimes.length;
      const [row] = await engine.measure(suite, { runtime: runtimes[i], module, model });
      if (round >= 0) starts[i].push(row);
    }
  }
  return runtimes.map((runtime, i) => ofStarts(model, runtime, starts[i]));
}

function ofStarts(model, runtime, starts) {
  const { module, ok, answer } = starts[0];
  const medianOf = (pick) => summarize(starts.map(pick)).median;
  return {
    ...{ model, runtime, module, ok, answer },
    ...summarize(starts.map(({ loadMs, runMs }) => loadMs + runMs)),
    load: medianOf(({ loadMs }) => loadMs),
    run: medianOf(({ runMs }) => runMs),
    withImport: medianOf(({ importMs, loadMs, runMs }) => importMs + loadMs + runMs),
  };
}

function tableLine({ model, runtime, module, ok, answer, median, p90, load, run, withImport }, qbin) {
  const ratio = qbin.runtime === "qbin" && runtime !== "qbin" && qbin.ok ? (median / qbin.median).toFixed(1) : "";
  return [model, runtime, module, ...[median, p90, load, run, withImport].map(formatNumber), ok ? ratio : answer];
}

function jsonLine({ model, runtime, module, ok, answer, iterations, ...times }) {
  const inUs = Object.entries(times).map(([name, ms]) => [`${name}Us`, microseconds(ms)]);
  return { case: model, runtime, module, ok, answer, ...Object.fromEntries(inUs), iterations };
}
