/**
 * How fast is a model in each runtime, once warm? All runtimes in one process or page, interleaved (../lib/timing.mjs).
 * What is fair and why: README.md.
 */
import { join } from "node:path";
import { modelNames } from "../lib/models.mjs";
import { choose, runBench, wholeNumber } from "../lib/options.mjs";
import { saveRun } from "../lib/results.mjs";
import { convertForRuntimes } from "./lib/convert.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { verdicts } from "./lib/targets.mjs";
import {
  addRatios,
  footnotes,
  geometricMeans,
  meanLine,
  meansTable,
  ratioTable,
  timeTable,
  warmLine,
} from "./lib/warm-report.mjs";
import { PEERS } from "./peers/index.mjs";

const USAGE = `  --models a,b   models of ../shared/models (all)
  --peers a,b    ${Object.keys(PEERS).join(", ")} (all that the engine can run)
  --module M     the module qbin uses: auto, simd, scalar, … (auto: what it chooses)
  --rounds N     timed windows per runtime and model, at least 10 (150)
  --no-qbin      the peers alone
  --assert       exit status 1 if qbin is wrong, or less times faster than it should be
  --save         keep the result in bench/results/<machine>.json, for the chart`;

await runBench(
  "peers",
  {
    usage: USAGE,
    options: {
      models: { type: "string" },
      peers: { type: "string" },
      module: { type: "string", default: "auto" },
      rounds: { type: "string" },
      "no-qbin": { type: "boolean", default: false },
      assert: { type: "boolean", default: false },
      save: { type: "boolean", default: false },
    },
  },
  async ({ options, engine, facts, say, emit, progress }) => {
    const models = choose("--models", options.models, modelNames());
    const peers = choose("--peers", options.peers, Object.keys(PEERS));
    const runtimes = options["no-qbin"] ? peers : ["qbin", ...peers];
    const rounds = wholeNumber("--rounds", options.rounds, 150, 10);
    ensureInstalled();
    const params = { models, runtimes, rounds, module: options.module, refused: await convertForRuntimes(models) };
    const rows = await engine.measure(join(import.meta.dirname, "suite.mjs"), params, ({ model, runtime }) => {
      if (runtime === "qbin") progress(`${model} …`);
    });
    addRatios(rows);
    const means = geometricMeans(rows);
    const judged = verdicts(rows);
    for (const line of [...rows.map(warmLine), ...means.map(meanLine)]) emit(line);
    if (means.length > 0) say(`${ratioTable(rows, judged)}\n\n${meansTable(means)}\n`);
    say([timeTable(rows), footnotes(rows)].join("\n\n").trimEnd());
    if (options.save) say(`\nkept in ${saveRun(facts, rows, warmLine)}`);
    if (!options.assert) return;
    const missed = judged.filter(({ ok }) => !ok);
    for (const { model, reason } of missed) console.error(`assert: ${model}: ${reason}`);
    if (missed.length > 0) process.exitCode = 1;
    else say(`\nassert: all ${judged.length} comparisons reach what is wanted`);
  },
);
