/**
 * Child processes and temporary folders that never outlive the run: every child leads a process group of its own, and
 * whatever is left is killed and removed when this process ends, however it ends short of SIGKILL.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const groups = new Set();
const folders = new Set();

/** Kept of a child's output, to say why it died. */
const TAIL_LINES = 20;

/**
 * @typedef {{ code: number | null, signal: string | null, stdout: string[], stderr: string[], error?: string }} Exit
 *   the last lines of each stream; `error` when the program could not be started at all
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, onLine?: (line: string) => boolean }} [options]
 *   onLine sees each line of standard output, and answers whether it took it (then it is no part of the tail)
 * @returns {{ exited: Promise<Exit>, kill(): void }}
 */
export function start(command, args, { env = process.env, cwd, onLine = () => false } = {}) {
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const tails = { stdout: [], stderr: [] };
  const keep = (tail, line) => {
    if (line.trim() === "") return;
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
  };
  const lines = (stream, take) =>
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", take);
  lines(child.stdout, (line) => onLine(line) || keep(tails.stdout, line));
  lines(child.stderr, (line) => keep(tails.stderr, line));

  const kill = () => {
    killGroup(child.pid);
    groups.delete(child.pid);
  };
  if (child.pid) remember(groups, child.pid);
  const exited = new Promise((resolve) => {
    const finish = (code, signal, error) => {
      kill(); // helpers it left behind
      resolve({ code, signal, ...tails, error });
    };
    child.once("error", (error) => finish(null, null, error.message));
    child.once("close", (code, signal) => finish(code, signal));
    // A helper that escaped the group can hold the pipes open, and "close" waits for them.
    child.once("exit", (code, signal) => setTimeout(finish, 2000, code, signal).unref());
  });
  return { exited, kill };
}

/**
 * Runs a program to its end; a program that takes longer is killed and counts as failed.
 *
 * @returns {Promise<Exit & { ok: boolean }>}
 */
export async function runToEnd(command, args, { timeoutMs, ...options }) {
  const child = start(command, args, options);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill();
  }, timeoutMs);
  const exit = await child.exited;
  clearTimeout(timer);
  if (isLate) exit.error = `no end after ${timeoutMs / 1000} s`;
  return { ...exit, ok: exit.code === 0 && !exit.error };
}

/** One line that says how a process ended and, if it said anything, its last words. */
export function describeExit({ code, signal, error, stderr, stdout }) {
  const how = error ?? (signal ? `was killed by ${signal}` : `exited with status ${code}`);
  const words =
    stderr.find((line) => /^\W*(\w*error|fatal|panic|uncaught)\b/i.test(line)) ?? stderr.at(-1) ?? stdout.at(-1);
  return words ? `${how}: ${words.trim()}` : how;
}

/** @returns {string} an empty folder, removed when this process ends if `removeFolder` was not called */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `qbin-${name}-`));
  remember(folders, folder);
  return folder;
}

/** A browser just killed can still be writing to its profile: retried for two seconds. */
export function removeFolder(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    folders.delete(folder);
  } catch {
    // Tried again when this process ends.
  }
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

let isWatching = false;
function remember(set, item) {
  set.add(item);
  if (isWatching) return;
  isWatching = true;
  const cleanUp = () => {
    for (const pid of groups) killGroup(pid);
    for (const folder of folders) removeFolder(folder);
  };
  process.once("exit", cleanUp);
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ]) {
    process.once(signal, () => process.exit(128 + number)); // runs the "exit" listener
  }
}
