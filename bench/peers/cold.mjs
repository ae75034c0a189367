/**
 * How long from bytes in memory to the first result? One fresh Node process per number, runtimes by turns.
 *
 * The rule, the same for everybody (cold-child.mjs carries it out):
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
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCase } from "./lib/cases.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { readOptions, runMain } from "./lib/options.mjs";
import { formatMs, formatTable, machineFacts, microseconds } from "./lib/report.mjs";
import { median, quantile } from "./lib/timing.mjs";
import { createRuntime, PEERS } from "./peers/index.mjs";

const USAGE = `node bench/peers/cold.mjs [options]
  --models a,b   models of ../shared/models (kws_int8, resnet8_int8, tf2_mobilenet_v2_1.0_224_ptq)
  --peers a,b    ${Object.keys(PEERS).join(", ")} (tfjs-tflite, litert)
  --module M     the module qbin uses (simd)
  --rounds N     fresh processes per runtime and model, at least 7 (9)
  --no-qbin      the peers alone
  --json         JSON lines alone on standard output`;

const HEADER = [
  "model",
  "runtime",
  "answer",
  "cold ms",
  "p90 ms",
  "load ms",
  "run ms",
  "with import ms",
  "peer / qbin",
];
const child = fileURLToPath(new URL("cold-child.mjs", import.meta.url));

/** @returns {{ module: string, ok: boolean, answer: string, importMs: number, loadMs: number, runMs: number }} one fresh process */
function start(runtime, module, model, file) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [child, runtime, module, model, file], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${runtime} on ${model}: ${stderr.trim().split("\n").at(-1)}`);
  return JSON.parse(stdout);
}

/** Starts every runtime `rounds` times, a different one first each round. The round before, not counted, warms the file cache. */
function measure(model, files, { module, rounds }) {
  const names = Object.keys(files);
  const starts = names.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const i = (round + 1 + turn) % names.length;
      const result = start(names[i], module, model, files[names[i]]);
      if (round >= 0) starts[i].push(result);
    }
  }
  return names.map((runtime, i) => summarize(model, runtime, starts[i]));
}

function summarize(model, runtime, starts) {
  const cold = starts.map(({ loadMs, runMs }) => loadMs + runMs);
  const { module, ok, answer } = starts[0];
  return {
    model,
    runtime,
    module,
    ok,
    answer,
    cold: median(cold),
    p90: quantile(cold, 0.9),
    load: median(starts.map(({ loadMs }) => loadMs)),
    run: median(starts.map(({ runMs }) => runMs)),
    withImport: median(starts.map(({ importMs, loadMs, runMs }) => importMs + loadMs + runMs)),
    iterations: starts.length,
  };
}

function tableLine({ model, runtime, ok, answer, cold, p90, load, run, withImport }, qbin) {
  const ratio = qbin?.ok && ok && runtime !== "qbin" ? (cold / qbin.cold).toFixed(2) : "";
  return [model, runtime, answer, ...[cold, p90, load, run, withImport].map(formatMs), ratio];
}

function jsonLine({ model, runtime, module, ok, answer, cold, p90, load, run, withImport, iterations }, facts) {
  const times = { medianUs: microseconds(cold), p90Us: microseconds(p90), loadUs: microseconds(load) };
  const rest = { runUs: microseconds(run), withImportUs: microseconds(withImport), iterations };
  return JSON.stringify({ bench: "cold", case: model, runtime, module, ok, answer, ...times, ...rest, ...facts });
}

await runMain(async () => {
  const options = readOptions({
    usage: USAGE,
    rounds: 9,
    minRounds: 7,
    models: ["kws_int8", "resnet8_int8", "tf2_mobilenet_v2_1.0_224_ptq"],
    peers: ["tfjs-tflite", "litert"],
  });
  ensureInstalled();
  const folder = mkdtempSync(join(tmpdir(), "qbin-cold-"));
  try {
    const facts = machineFacts();
    const lines = [HEADER];
    for (const model of options.models) {
      const files = {};
      for (const name of options.runtimes) {
        files[name] = join(folder, `${model}.${name}`);
        writeFileSync(files[name], await createRuntime(name).convert(readCase(model).tflite));
      }
      const rows = measure(model, files, options);
      if (options.json) for (const row of rows) console.log(jsonLine(row, facts));
      const qbin = rows.find(({ runtime }) => runtime === "qbin");
      lines.push(...rows.map((row) => tableLine(row, qbin)));
    }
    if (options.json) return;
    console.log(
      `${facts.cpu}, ${facts.machine}, node ${facts.node}, commit ${facts.commit}, ${options.rounds} starts\n`,
    );
    console.log(formatTable(lines, 3));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
