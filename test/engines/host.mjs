/**
 * Runs a job on an engine that has a disk and a standard output: Node, Deno, Bun. Started by engines.mjs with the job as its
 * one argument. Events go to standard output, see EVENT_MARK.
 */
import { writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { describe, drive, EVENT_MARK } from "./drive.mjs";
import { locate, notFound } from "./mounts.mjs";

/** @param {{ job: import("./drive.mjs").Job, mounts: import("./mounts.mjs").Mounts }} argument */
async function main({ job, mounts }) {
  await drive({
    job,
    load: (path) => import(pathToFileURL(locate(path, mounts)).href),
    readBytes: async (path) => {
      const file = locate(path, mounts);
      // A plain Uint8Array of its own memory on every engine: no Buffer, no view into a pool.
      return new Uint8Array(await readFile(file).catch((error) => Promise.reject(asNotFound(error, path))));
    },
    send,
    batchMs: 0,
  });
}

/** Bun reports an unhandled rejection and goes on; the others print it each in its own way. Here they all say it and stop. */
for (const kind of ["uncaughtException", "unhandledRejection"]) {
  process.on(kind, (thrown) => {
    send([{ type: "crash", error: describe(thrown) }]);
    process.exit(1);
  });
}

/** A folder counts as no file, as it does over HTTP. */
function asNotFound(error, path) {
  return ["ENOENT", "ENOTDIR", "EISDIR"].includes(error.code) ? notFound(path) : error;
}

/** Written at once, not queued: a suite that never comes back must not take its last cases with it. */
function send(events) {
  let bytes = new TextEncoder().encode(`${EVENT_MARK}${JSON.stringify(events)}\n`);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

await main(JSON.parse(process.argv[2]));
