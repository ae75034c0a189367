/**
 * Runs suites on engines: `runEngines()` is what scripts and tests call, run.mjs is its command line.
 *
 * @typedef {{
 *   engine: string, version?: string, status: "ran" | "missing", reason?: string,
 *   ms: number,                             from start to end, with the engine's own start
 *   facts?: import("./facts.mjs").Facts,
 *   error?: string,                         one line: it died, hung or never began
 *   cells: import("./collect.mjs").Cell[],
 * }} EngineResult
 * @typedef {{ engines: EngineResult[], passed: number, failed: number, skipped: number, problems: string[], ok: boolean }} Result
 */

import { existsSync } from "node:fs";
import { basename, extname, join, relative, resolve } from "node:path";
import { ENGINES } from "./engines.mjs";
import { locate, mountsOf } from "./mounts.mjs";
import { startServer } from "./server.mjs";
import { runEngine } from "./session.mjs";
import { problemsOf } from "./verdict.mjs";

const REPO = resolve(import.meta.dirname, "../..");

export const DEFAULTS = {
  engines: Object.keys(ENGINES).filter((name) => !ENGINES[name].isOptional),
  suites: ["conformance", "golden", "machine", "onnx", "quantize", "threads"].map((name) =>
    join(REPO, `build/suites/${name}.js`),
  ),
  modules: ["scalar", "simd", "relaxed-us", "relaxed-ss"],
  timeoutMs: 300_000,
  jobs: 2,
};

/**
 * @param {{
 *   engines?: string[], suites?: string[], modules?: string[],
 *   params?: Record<string, string>,        handed to every suite
 *   timeoutMs?: number,                     per engine
 *   jobs?: number,                          engines at a time
 *   mustHaveAll?: boolean,                  a missing engine is a failure; by default so when CI is set
 *   log?: (line: string) => void,
 * }} [options]  suites: file names, absolute or from the working folder, inside the repository or ../shared
 * @returns {Promise<Result>}
 * @throws {Error} on an unknown engine or a suite that is not there
 */
export async function runEngines(options = {}) {
  const { engines: names, suites, modules, timeoutMs, jobs } = { ...DEFAULTS, ...options };
  const { params = {}, mustHaveAll = Boolean(process.env.CI), log = () => {} } = options;
  const mounts = mountsOf(REPO);
  const job = { suites: suites.map((file) => suiteAt(file, mounts)), modules, params };
  const repeated = job.suites.find(({ name }, index) => job.suites.findIndex((other) => other.name === name) !== index);
  if (repeated) throw new Error(`two suites are called "${repeated.name}"; the results would not tell them apart`);
  for (const name of names) {
    if (!Object.hasOwn(ENGINES, name))
      throw new Error(`no engine "${name}"; there are ${Object.keys(ENGINES).join(", ")}`);
  }
  const installProblems = {};
  for (const name of names) {
    installProblems[name] = await ENGINES[name].install?.(log);
    if (installProblems[name]) log(`${name}: ${installProblems[name]}`);
  }

  // What an engine has no use for it runs when told to.
  const without = (name) => (options.suites === undefined && ENGINES[name].without) || [];
  const jobFor = (name) => ({ ...job, suites: job.suites.filter((suite) => !without(name).includes(suite.name)) });

  const server = await startServer(mounts);
  const waiting = names.map((name, index) => ({ name, index }));
  const engines = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      engines[next.index] = await runEngine(next.name, {
        ...{ job: jobFor(next.name), mounts, server, timeoutMs, log },
        installProblem: installProblems[next.name],
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  } finally {
    await server.close();
  }
  const sum = (key) => engines.flatMap(({ cells }) => cells).reduce((total, cell) => total + cell[key], 0);
  const problems = problemsOf(engines, { mustHaveAll });
  return {
    engines,
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
    problems,
    ok: problems.length === 0,
  };
}

/** @returns {import("./drive.mjs").SuiteFile} */
function suiteAt(file, mounts) {
  const absolute = resolve(file);
  if (!existsSync(absolute))
    throw new Error(`no suite ${file}: build the project first, or name another with --suites`);
  const mount = ["repo", "shared"].find((name) => absolute.startsWith(`${mounts[name]}/`));
  if (!mount)
    throw new Error(`suite ${file} is neither in the repository nor in ../shared, the only folders that are served`);
  const path = `${mount}/${relative(mounts[mount], absolute)}`;
  locate(path, mounts);
  return { name: basename(file, extname(file)), path };
}
