/**
 * Times models on every module this engine runs, by turns, inside an engine.
 *
 * params: { models, modules, threads: number[], rounds, profile: boolean }
 */
import { qbinPath } from "../lib/cases.mjs";
import { oneLine } from "../lib/text.mjs";
import { interleave, summarize } from "../lib/timing.mjs";

/** Loads per model and module, after one that warms the loader. */
const LOADS = 7;
const PROFILE_MS = 500;

export async function run({ readBytes, report, params }) {
  const { load } = await import("../../dist/index.js");
  for (const name of params.models) {
    const file = await readBytes(qbinPath(name));
    const contenders = [];
    for (const module of params.modules) {
      for (const threads of params.threads) {
        const found = await prepare(load, file, threads > 1 ? { module, threads } : { module });
        if (found.model) contenders.push({ ...found, run: () => found.model.run() });
        else if (found.missing !== "module") emit(report, { name, module, threads, missing: found.missing });
      }
    }
    // Threads that had nothing to do for a while sleep.
    const settle = params.threads.some((threads) => threads > 1);
    const timings = interleave(contenders, { rounds: params.rounds, warmUpMs: 200, settle });
    contenders.forEach(({ model, loadMs }, i) => {
      const { module, macs, threads, steps, memory } = model.info;
      emit(report, { name, module, threads, macs, steps, memory, loadMs, ...timings[i] });
      if (params.profile) emit(report, { name, module, threads, profile: model.profile(PROFILE_MS) });
      model.dispose();
    });
  }
}

/** A loaded model and what loading takes, or why there is none: "module" where the engine has not got it. */
async function prepare(load, file, options) {
  try {
    const times = [];
    for (let i = 0; i <= LOADS; i++) {
      const start = performance.now();
      const model = await load(file, options);
      const loadMs = performance.now() - start;
      if (i > 0) times.push(loadMs);
      const { threads, threadsReason } = model.info;
      if (options.threads > 1 && threads === 1) {
        model.dispose();
        return { missing: threadsReason };
      }
      if (i === LOADS) return { model, loadMs: summarize(times).median };
      model.dispose();
    }
  } catch (error) {
    return { missing: error.code === "no-module" ? "module" : oneLine(error) };
  }
}

const emit = (report, row) => report({ case: row.name, ok: true, message: JSON.stringify(row) });
