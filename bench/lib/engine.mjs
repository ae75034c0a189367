/**
 * Runs a suite that measures on one engine, and hands over its rows as they come.
 *
 * A suite is what test/engines runs, an ES module that uses Web-standard APIs alone; it reports each measured row as JSON in
 * the message of a passed case. So every bench runs on Node, the newest Node, Deno, Bun and in pages without a line of its
 * own for any of them, always in a process or page that has just started.
 */
import { relative } from "node:path";
import { root } from "../../scripts/project.mjs";
import { ENGINES } from "../../test/engines/engines.mjs";
import { mountsOf } from "../../test/engines/mounts.mjs";
import { describeExit, removeFolder, temporaryFolder } from "../../test/engines/processes.mjs";
import { startServer } from "../../test/engines/server.mjs";

export const ENGINE_NAMES = Object.keys(ENGINES).filter((name) => !ENGINES[name].isEmulated);

/** A page or process that says nothing for this long hangs. */
const SILENCE_MS = 300_000;

/**
 * An engine that is ready to be started any number of times.
 *
 * @param {string} name a key of ENGINES
 * @returns {Promise<{
 *   label: string,      "node 26.10.0"
 *   measure(suite: string, params: object, onRow?: (row: object) => void): Promise<object[]>,
 *   close(): Promise<void>,
 * }>}
 * @throws {Error} where the engine is not on this machine
 */
export async function openEngine(name) {
  const engine = ENGINES[name];
  const problem = await engine.install?.((line) => console.error(line));
  const found = await engine.find();
  if (!found.command) throw new Error(`${name} cannot be run here: ${problem ?? found.reason}`);
  const mounts = mountsOf(root.replace(/\/$/, ""));
  const server = await startServer(mounts);
  return {
    label: `${name.replace("-latest", "")} ${found.version}`,
    close: () => server.close(),
    async measure(suite, params, onRow = () => {}) {
      const path = `repo/${relative(root, suite)}`;
      const job = { suites: [{ name: "bench", path }], modules: ["any"], params };
      const home = temporaryFolder(name);
      try {
        return await collect(onRow, (onEvents) => engine.start(found.command, { job, mounts, server, home, onEvents }));
      } finally {
        removeFolder(home);
      }
    },
  };
}

/** The rows of one start; its end, its death or too long a silence, whichever comes first, ends it. */
async function collect(onRow, begin) {
  const rows = [];
  let child;
  let timer;
  const problem = await new Promise((settle) => {
    timer = setTimeout(settle, SILENCE_MS, `nothing was heard for ${SILENCE_MS / 1000} s`);
    child = begin((events) => {
      timer.refresh();
      for (const event of events) {
        if (event.type === "case") {
          const row = JSON.parse(event.message);
          rows.push(row);
          onRow(row);
        }
        if (event.type === "crash" || (event.type === "end" && event.error)) settle(event.error);
        if (event.type === "done") settle(undefined);
      }
    });
    child.exited.then((exit) => settle(describeExit(exit)));
  });
  child.kill();
  await child.exited;
  clearTimeout(timer); // last, because a page says once more that it died
  if (problem) throw new Error(problem);
  return rows;
}
