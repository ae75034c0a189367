/** How much memory does a loaded model hold, after one inference? A fresh process or page per line. */
import { join } from "node:path";
import { modelNames } from "../lib/models.mjs";
import { choose, runBench } from "../lib/options.mjs";
import { formatCount, formatTable } from "../lib/report.mjs";
import { convertForRuntimes } from "../peers/lib/convert.mjs";
import { ensureInstalled } from "../peers/lib/install.mjs";
import { PEERS } from "../peers/peers/index.mjs";

const USAGE = `  --models a,b   models of ../shared/models (all)
  --peers a,b    ${Object.keys(PEERS).join(", ")} (tfjs-tflite, litert)
  --module M     the module qbin uses (auto: what it chooses)`;
const COLUMNS = ["linear", "weights", "arena", "heap", "rss"];

const options = { models: { type: "string" }, peers: { type: "string" }, module: { type: "string", default: "auto" } };

await runBench("memory", { usage: USAGE, options }, async ({ options: given, engine, say, emit, progress }) => {
  const models = choose("--models", given.models, modelNames());
  const runtimes = ["qbin", ...choose("--peers", given.peers, Object.keys(PEERS), ["tfjs-tflite", "litert"])];
  ensureInstalled();
  const refused = await convertForRuntimes(models);
  const lines = [];
  for (const model of models) {
    progress(`${model} …`);
    for (const runtime of runtimes) {
      if (refused[runtime]?.[model]) continue;
      const row = await measure(engine, { runtime, module: given.module, model });
      if (!row) continue;
      emit({ case: model, runtime, ...row });
      const cells = COLUMNS.map((name) => (row[name] === undefined ? "" : formatCount(Math.max(0, row[name]))));
      lines.push([model, runtime, row.module, ...cells]);
    }
  }
  say(formatTable([["model", "runtime", "module", ...COLUMNS], ...lines], 3));
  say(
    "\nbytes. linear: Wasm memory; weights: packed, with tables; arena: activations and scratch; heap and rss: growth of",
  );
  say("the JavaScript heap after a collection, and of the whole process with its compiled code");
});

/** A model that a peer refuses has no line. */
async function measure(engine, params) {
  const suite = join(import.meta.dirname, "suite.mjs");
  try {
    return (await engine.measure(suite, params))[0];
  } catch (error) {
    if (params.runtime === "qbin") throw error;
    return undefined;
  }
}
