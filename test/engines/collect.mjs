/**
 * Turns an engine's events into counts.
 *
 * @typedef {{
 *   suite: string, module: string, passed: number, failed: number, skipped: number, ms: number,
 *   failures: { case: string, message: string }[],
 *   skips: { reason: string, cases: number }[],
 *   cases: string[],
 *   error?: string,      why the suite did not come to its end
 * }} Cell  one suite with one module on one engine
 */

/** The error of a cell whose engine died or hung in an earlier one. */
export const NOT_REACHED = "not reached";

/** @param {import("./drive.mjs").Job} job */
export function createCollector(job) {
  /** @type {Cell[]} */
  const cells = job.suites.flatMap(({ name }) => job.modules.map((module) => emptyCell(name, module)));
  const collector = {
    cells,
    facts: undefined,
    hasStarted: false,
    isDone: false,
    crash: undefined,
    accept,
    where,
    stop,
  };
  const ended = new Set();
  let current;

  /** @param {import("./drive.mjs").Event} event */
  function accept(event) {
    collector.hasStarted = true;
    if (event.type === "hello") collector.facts = event.facts;
    if (event.type === "crash") collector.crash ??= event.error;
    if (event.type === "done") collector.isDone = true;
    const cell = cells.find(({ suite, module }) => suite === event.suite && module === event.module);
    if (event.type === "start") current = cell;
    if (event.type === "case") count(cell, event);
    if (event.type === "end") {
      Object.assign(cell, { ms: event.ms, error: event.error });
      ended.add(cell);
      current = undefined;
    }
  }

  /** Where an engine is that says nothing any more. */
  function where() {
    if (!collector.hasStarted) return "before it ran anything";
    if (!current) return "between suites";
    const last = current.cases.at(-1);
    return `in ${current.suite}, ${current.module}, ${last ? `last case heard of "${last}"` : "no case heard of"}`;
  }

  /** Marks what an engine that died or hung did not get to. */
  function stop(error) {
    for (const cell of cells.filter((candidate) => !ended.has(candidate))) {
      cell.error = cell === current ? error : NOT_REACHED;
    }
  }

  return collector;
}

function emptyCell(suite, module) {
  return {
    suite,
    module,
    passed: 0,
    failed: 0,
    skipped: 0,
    ms: 0,
    failures: [],
    skips: [],
    cases: [],
    error: undefined,
  };
}

function count(cell, { case: name, ok, message, skip }) {
  cell.cases.push(name);
  if (skip !== undefined) {
    cell.skipped++;
    const known = cell.skips.find(({ reason }) => reason === skip);
    if (known) known.cases++;
    else cell.skips.push({ reason: skip, cases: 1 });
  } else if (ok) {
    cell.passed++;
  } else {
    cell.failed++;
    cell.failures.push({ case: name, message: message ?? "" });
  }
}
