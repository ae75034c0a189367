/** What all benches print with: where it was measured, numbers, tables. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { root } from "../../scripts/project.mjs";

/** What boards with ARM processors call themselves: "Raspberry Pi 5 Model B Rev 1.0". */
const BOARD = "/proc/device-tree/model";

/**
 * What every JSON line says about where it was measured.
 *
 * @param {string} engine the label of an opened engine
 */
export function machineFacts(engine) {
  return { machine: `${platform()}-${arch()}`, cpu: processor(), engine, commit: commit() };
}

/** One line above a table. */
export const describeFacts = ({ machine, cpu, engine, commit }) => `${cpu}, ${machine}, ${engine}, commit ${commit}`;

function processor() {
  const model = cpus()[0]?.model.trim() || "unknown processor";
  return existsSync(BOARD) ? `${readFileSync(BOARD, "utf8").replaceAll("\0", "")}, ${model}` : model;
}

function commit() {
  try {
    const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return execFileSync("git", ["describe", "--always", "--dirty", "--exclude=*"], options).trim();
  } catch {
    return "unknown";
  }
}

/** Three digits that count: 0.0450, 5.66, 239, 11,300. */
export const formatNumber = (n) => (n >= 100 ? formatCount(Math.round(n)) : n.toPrecision(3));

/** Milliseconds, printed as microseconds. */
export const formatUs = (ms) => formatNumber(ms * 1000);

/** 1,234,567 */
export const formatCount = (n) => n.toLocaleString("en");

/** Microseconds for JSON, to a nanosecond. */
export const microseconds = (ms) => Math.round(ms * 1e6) / 1e3;

/** Numbers for JSON: what is behind the third decimal is noise. */
export const rounded = (n) => Number(n.toFixed(3));

/**
 * Lines up rows of cells: the first `leftColumns` to the left, the others to the right.
 * @param {string[][]} rows
 */
export function formatTable(rows, leftColumns = 1) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const align = (cell, column) => (column < leftColumns ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  return rows.map((row) => row.map(align).join("  ").trimEnd()).join("\n");
}
