/**
 * Draws docs/benchmarks.svg and fills in the tables of docs/benchmarks.md, both from bench/results/<machine>.json, which
 * `npm run bench -- peers --save` writes.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../scripts/project.mjs";
import { CALL_BOUND } from "../lib/cases.mjs";
import { machineFacts } from "../lib/report.mjs";
import { resultsFile } from "../lib/results.mjs";
import { geometricMean } from "../lib/timing.mjs";
import { drawChart } from "./svg.mjs";
import { fillTables } from "./tables.mjs";

const USAGE = `npm run bench -- chart [options]
  --results F    a file of bench/results (this machine's, or the only one)
  -o FILE        the picture (docs/benchmarks.svg, and then the tables of docs/benchmarks.md too)`;

/** Peers of the same instruction set as qbin; an older build beside relaxed SIMD says nothing new. */
const SHOWN = { simd: ["litert", "tfjs-tflite"], relaxed: ["litert-relaxed", "tfjs-tflite"] };
const PEER_NAMES = { litert: "LiteRT.js", "litert-relaxed": "LiteRT.js relaxed" };
const NAMES = { simd: "SIMD128", "relaxed-us": "relaxed SIMD", "relaxed-ss": "relaxed SIMD" };

const { values } = parseArgs({
  options: {
    results: { type: "string" },
    output: { type: "string", short: "o" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) console.log(USAGE);
else main();

function main() {
  const file = values.results ?? defaultResults();
  const results = JSON.parse(readFileSync(file, "utf8"));
  const picture = values.output ?? join(root, "docs/benchmarks.svg");
  writeFileSync(picture, drawChart(chartOf(results)));
  console.log(`wrote ${relative(root, picture)} from ${relative(root, file)}`);
  if (values.output) return;
  fillTables(join(root, "docs/benchmarks.md"), results);
  console.log("wrote the tables of docs/benchmarks.md");
}

function defaultResults() {
  const mine = resultsFile(machineFacts(""));
  if (existsSync(mine)) return mine;
  const folder = join(root, "bench/results");
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  if (files.length === 1) return join(folder, files[0]);
  throw new Error(
    `--results: name one of ${files.join(", ") || "none there; npm run bench -- peers --save makes one"}`,
  );
}

/** A panel per module, from Node where Node was measured; the most demanding module first. */
function chartOf({ machine, cpu, runs }) {
  const modules = [...new Set(runs.map(({ module }) => module))].sort((a, b) => (a < b ? -1 : 1));
  const shown = modules.map((module) => {
    const candidates = runs.filter((run) => run.module === module);
    return candidates.find(({ engine }) => engine.startsWith("node")) ?? candidates[0];
  });
  const commits = [...new Set(shown.map(({ commit }) => commit))].join(", ");
  return { panels: shown.map(panelOf), footer: `${cpu}, ${machine}; one thread, interleaved, commit ${commits}` };
}

function panelOf({ engine, module, rows }) {
  const shown = SHOWN[module.split("-")[0]];
  const compared = rows.filter(({ runtime, peerPerQbin }) => shown.includes(runtime) && peerPerQbin);
  const models = [...new Set(compared.map(({ case: model }) => model))];
  const barsOf = (model) =>
    compared
      .filter((row) => row.case === model)
      .map(({ runtime, peerPerQbin }) => ({ peer: PEER_NAMES[runtime] ?? runtime, ratio: peerPerQbin }));
  const groups = models
    .filter((model) => !CALL_BOUND.includes(model))
    .map((model) => ({ label: labelOf(model), bars: barsOf(model) }));
  const calls = models.filter((model) => CALL_BOUND.includes(model));
  const cells = calls.map((model) => {
    const ratios = barsOf(model).map(({ peer, ratio }) => `${peer} ${ratio.toFixed(1)}`);
    return `${labelOf(model)}: ${ratios.join(", ")}`;
  });
  const notes = [
    `geometric mean of the integer models: ${meansOf(rows)}`,
    `mostly the cost of a call: ${cells.join("; ")}`,
  ];
  const name = engine.replace(/^(\w)/, (letter) => letter.toUpperCase()).replace(/(\d+)\..*/, "$1");
  return {
    title: `${name}, ${NAMES[module] ?? module}`,
    groups,
    notes,
  };
}

/** Of every peer, also those whose bars would not fit; call-bound models left out. */
function meansOf(rows) {
  const counted = rows.filter(
    ({ case: model, integer, peerPerQbin }) => integer && peerPerQbin && !CALL_BOUND.includes(model),
  );
  const peers = [...new Set(counted.map(({ runtime }) => runtime))];
  const means = peers.map((peer) => {
    const ratios = counted.filter(({ runtime }) => runtime === peer).map(({ peerPerQbin }) => peerPerQbin);
    return `${PEER_NAMES[peer] ?? peer} ${geometricMean(ratios).toFixed(2)}`;
  });
  return means.join(", ");
}

/** What the models are called where there is little room. */
function labelOf(model) {
  const short = { "tf2_mobilenet_v2_1.0_224_ptq": "mobilenet_v2", "mobilenet_v1_0.25_128_quant": "mobilenet_v1 uint8" };
  return short[model] ?? model.replace("_int8", "");
}
