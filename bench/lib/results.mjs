/** bench/results/<machine>.json: the latest `peers` run per engine and module on a machine, for the chart and the tables. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../../scripts/project.mjs";

const folder = join(root, "bench/results");

/** "AMD EPYC" on linux-x64 → linux-x64-amd-epyc.json */
export function resultsFile({ machine, cpu }) {
  const slug = `${machine}-${cpu}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return join(folder, `${slug.replace(/-$/, "")}.json`);
}

/**
 * Puts a run into its machine's file, in place of an earlier one on the same engine (up to its major version) and module.
 *
 * @param {object} facts
 * @param {object[]} rows
 * @param {(row: object) => object} toLine what is kept of a row
 * @returns {string} the file's name
 */
export function saveRun(facts, rows, toLine) {
  const { machine, cpu, engine, commit } = facts;
  const file = resultsFile(facts);
  mkdirSync(folder, { recursive: true });
  const { runs: others } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { runs: [] };
  const module = rows.find(({ runtime, ok }) => runtime === "qbin" && ok)?.module ?? "none";
  const isSame = (run) => major(run.engine) === major(engine) && run.module === module;
  const runs = [...others.filter((run) => !isSame(run)), { engine, module, commit, rows: rows.map(toLine) }];
  runs.sort((a, b) => `${a.engine} ${a.module}`.localeCompare(`${b.engine} ${b.module}`));
  writeFileSync(file, `${JSON.stringify({ machine, cpu, runs }, null, 1)}\n`);
  return relative(root, file);
}

const major = (engine) => engine.split(".")[0];
