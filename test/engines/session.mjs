/** One engine, from finding it to the last of its processes. */
import { createCollector } from "./collect.mjs";
import { ENGINES } from "./engines.mjs";
import { describeExit, removeFolder, temporaryFolder } from "./processes.mjs";

/** An engine that has not reached the first suite by now never opened the page. */
const START_MS = 60_000;

/** An emulated processor is given this many times as long as the engines that run as they are. */
const EMULATED = 4;

/**
 * @param {string} name a key of ENGINES
 * @returns {Promise<import("./harness.mjs").EngineResult>}
 */
export async function runEngine(name, { job, mounts, server, timeoutMs, installProblem, log }) {
  const engine = ENGINES[name];
  const found = await engine.find();
  if (!found.command) {
    const reason = installProblem ?? found.reason;
    log(`${name}: not run: ${reason}`);
    return { engine: name, status: "missing", reason, ms: 0, cells: [] };
  }
  const { command, version } = found;
  log(`${name} ${version}: starting`);
  const collector = createCollector(job);
  const home = temporaryFolder(name);
  const begin = performance.now();
  const limitMs = engine.isEmulated ? EMULATED * timeoutMs : timeoutMs;
  const error = await untilDone(collector, limitMs, (onEvents) =>
    engine.start(command, { job, mounts, server, home, onEvents }),
  );
  const ms = performance.now() - begin;
  removeFolder(home);
  if (error) collector.stop(error);
  log(`${name} ${version}: ${error ?? `done in ${(ms / 1000).toFixed(1)} s`}`);
  return { engine: name, version, status: "ran", ms, facts: collector.facts, error, cells: collector.cells };
}

/** Waits for the engine's "done", its death or the time limit, whichever is first, and leaves no process behind. */
async function untilDone(collector, timeoutMs, begin) {
  const { promise: settled, resolve: settle } = withResolvers();
  const child = begin((events) => {
    for (const event of events) collector.accept(event);
    if (collector.crash) settle(`stopped ${collector.where()}: ${collector.crash.split("\n")[0]}`);
    if (collector.isDone) settle(undefined);
  });
  child.exited.then((exit) => settle(`${describeExit(exit)} (${collector.where()})`));
  const timers = [
    setTimeout(() => settle(`no end after ${timeoutMs / 1000} s: stopped ${collector.where()}`), timeoutMs),
    setTimeout(
      () => collector.hasStarted || settle(`did not begin within ${START_MS / 1000} s`),
      Math.min(START_MS, timeoutMs),
    ),
  ];
  const error = await settled;
  timers.forEach(clearTimeout);
  child.kill();
  await child.exited;
  return error;
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
