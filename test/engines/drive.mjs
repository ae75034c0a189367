/**
 * Runs the suites inside an engine: the same code on Node, Deno, Bun and in a page. It knows no file system and no network;
 * the caller hands in how to import, read and send.
 *
 * @typedef {{ name: string, path: string }} SuiteFile  path as served, e.g. "repo/build/suites/golden.js"
 * @typedef {{ suites: SuiteFile[], modules: string[], params: Record<string, string> }} Job
 *
 * @typedef {(
 *   | { type: "hello", facts: import("./facts.mjs").Facts }
 *   | { type: "start", suite: string, module: string }
 *   | { type: "case", suite: string, module: string, case: string, ok: boolean, message?: string, skip?: string }
 *   | { type: "end", suite: string, module: string, ms: number, error?: string }
 *   | { type: "crash", error: string }
 *   | { type: "done" }
 * )} Event
 */
import { collectFacts } from "./facts.mjs";

/** Begins a line of standard output that is a JSON array of events; any other line is the suite's own printing. */
export const EVENT_MARK = "@qbin-engines ";

/** A batch is sent at this length at the latest. */
const BATCH_CASES = 200;

/**
 * @param {{
 *   job: Job,
 *   load: (path: string) => Promise<{ run: Function }>,
 *   readBytes: (path: string) => Promise<Uint8Array>,
 *   send: (events: Event[]) => void,   synchronous: what was sent survives an endless loop in the next case
 *   batchMs: number,                   how old a case may grow before it is sent; 0 sends each at once
 * }} engine
 */
export async function drive({ job, load, readBytes, send, batchMs }) {
  send([{ type: "hello", facts: await collectFacts() }]);
  for (const { name, path } of job.suites) {
    for (const module of job.modules) {
      send([{ type: "start", suite: name, module }]);
      const cases = batches(send, batchMs);
      const report = reporter(name, module, cases);
      const begin = performance.now();
      let error;
      try {
        const { run } = await load(path);
        if (typeof run !== "function") throw new TypeError(`${path} does not export a function "run"`);
        await run({ module, readBytes, report, params: job.params });
      } catch (thrown) {
        error = describe(thrown);
      }
      const ms = performance.now() - begin;
      cases.flush();
      send([{ type: "end", suite: name, module, ms, error }]);
    }
  }
  send([{ type: "done" }]);
}

/** `report` of one suite and module; a call it cannot understand is the suite's mistake and ends the suite. */
function reporter(suite, module, cases) {
  return ({ case: name, ok, message, skip }) => {
    if (typeof name !== "string" || (typeof ok !== "boolean" && typeof skip !== "string")) {
      throw new TypeError(
        `report({ case: ${String(name)} }): give case (string) and ok (boolean), or case and skip (the reason)`,
      );
    }
    cases.add({ type: "case", suite, module, case: name, ok: ok ?? true, message: message && String(message), skip });
  };
}

function batches(send, batchMs) {
  let batch = [];
  let sentAt = performance.now();
  const flush = () => {
    if (batch.length > 0) send(batch);
    batch = [];
    sentAt = performance.now();
  };
  const add = (event) => {
    batch.push(event);
    if (batch.length >= BATCH_CASES || performance.now() - sentAt >= batchMs) flush();
  };
  return { add, flush };
}

/** One text for whatever was thrown: V8 repeats the message in the stack, the other engines do not. */
export function describe(thrown) {
  if (!(thrown instanceof Error)) return String(thrown);
  const text = `${thrown.name}: ${thrown.message}`;
  return `${text}\n${(thrown.stack ?? "").replace(text, "").trim()}`.trim();
}
