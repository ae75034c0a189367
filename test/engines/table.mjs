/** Prints a run for a person. */
import { NOT_REACHED } from "./collect.mjs";

const SHOWN_FAILURES = 10;

/** @param {import("./harness.mjs").Result} result  @returns {string} */
export function formatResult({ engines, passed, failed, skipped, problems }) {
  const ran = engines.filter(({ status }) => status === "ran");
  const missing = engines.filter(({ status }) => status === "missing");
  const blocks = [
    align([HEAD, ...ran.flatMap(rowsOf)]),
    ran.map(factsLine),
    ran.flatMap(failureLines),
    skipLines(ran),
    missing.map(({ engine, reason }) => `not run: ${engine}: ${reason}`),
    problems.map((problem) => `problem: ${problem}`),
    [`${passed} passed, ${failed} failed, ${skipped} skipped`],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

const HEAD = ["engine", "version", "suite", "module", "passed", "failed", "skipped", "time"];
const FIRST_NUMBER = 4;

function rowsOf({ engine, version, cells }) {
  return cells.map((cell) => {
    const end = cell.error === NOT_REACHED ? NOT_REACHED : cell.error ? "did not end" : seconds(cell.ms);
    return [engine, version, cell.suite, cell.module, cell.passed, cell.failed, cell.skipped, end].map(String);
  });
}

function factsLine({ engine, version, ms, facts }) {
  const total = `${engine} ${version}: ${seconds(ms)} with its start`;
  if (!facts) return total;
  const says = (word, has) => `${has ? "" : "no "}${word}`;
  const features = [
    says("simd", facts.simd),
    says("relaxed simd", facts.relaxedSimd),
    says("shared memory", facts.sharedMemory),
  ];
  const clock = facts.timerUs === null ? "clock stands still" : `clock ${facts.timerUs} µs`;
  return `${total}; ${features.join(", ")}; ${clock}`;
}

function failureLines({ engine, cells }) {
  return cells.flatMap(({ suite, module, failures, error }) => {
    const who = `${engine}: ${suite}, ${module}`;
    const shown = failures
      .slice(0, SHOWN_FAILURES)
      .map(({ case: name, message }) => `FAILED ${who}: ${name}\n${indented(message)}`.trimEnd());
    const more = failures.length - shown.length;
    if (more > 0) shown.push(`FAILED ${who}: ${more} more`);
    if (error?.includes("\n")) shown.push(`FAILED ${who}:\n${indented(error)}`);
    return shown;
  });
}

/** The same reason on several engines is one line. */
function skipLines(engines) {
  const byReason = new Map();
  for (const { engine, cells } of engines) {
    for (const { suite, module, skips } of cells) {
      for (const { reason, cases } of skips) {
        const key = `skipped: ${suite}, ${module}: ${cases} cases: ${reason}`;
        byReason.set(key, [...(byReason.get(key) ?? []), engine]);
      }
    }
  }
  return [...byReason].map(
    ([line, names]) => `${line} (${names.length === engines.length ? "every engine" : names.join(", ")})`,
  );
}

function align(rows) {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (text, column) => (column < FIRST_NUMBER ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  return rows.map((row) => row.map(pad).join("  ").trimEnd());
}

const indented = (text) =>
  text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
