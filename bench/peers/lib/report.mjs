import { execFileSync } from "node:child_process";
import { arch, cpus, platform } from "node:os";

/** What every JSON line says about where it was measured. */
export function machineFacts() {
  return {
    machine: `${platform()}-${arch()}`,
    cpu: cpus()[0].model.trim(),
    node: process.versions.node,
    commit: commit(),
  };
}

function commit() {
  try {
    const options = { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return execFileSync("git", ["describe", "--always", "--dirty", "--exclude=*"], options).trim();
  } catch {
    return "unknown";
  }
}

/** Milliseconds with three digits that count: 0.00312, 0.131, 11.2. */
export const formatMs = (ms) => (ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3));

/** Microseconds for JSON, to a nanosecond. */
export const microseconds = (ms) => Math.round(ms * 1e6) / 1e3;

/**
 * Lines up rows of cells: the first `leftColumns` to the left, the others to the right.
 * @param {string[][]} rows
 */
export function formatTable(rows, leftColumns = 1) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const align = (cell, column) => (column < leftColumns ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  return rows.map((row) => row.map(align).join("  ").trimEnd()).join("\n");
}
