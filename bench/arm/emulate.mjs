/** One case in one emulated process. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const TIMEOUT_MS = 120_000;
/** The emulator keeps a record of every page an engine reserves: what should take a quarter of this must not take the machine. */
const MAX_KILOBYTES = 2 ** 20;

/**
 * TurboFan alone, on one thread: what an application reaches after its first milliseconds, and the same code every time.
 */
const NODE_FLAGS = ["--no-liftoff", "--single-threaded"];

/**
 * @param {import("./tools.mjs").Tools} tools
 * @returns {Promise<{ kernel: string, macs: number, instructions: number }>} of one run of the kernel
 * @throws {Error} when the process fails, or its result is not the reference's
 */
export async function emulate({ emulators, plugin, node }, cpu, guest, name) {
  const { command, args } = emulators[cpu];
  const guestLine = ["-plugin", plugin, node, ...NODE_FLAGS, guest, name];
  const { stdout, stderr, problem } = await runLimited(command, [...args, ...guestLine]);
  const who = `${name} on ${cpu}`;
  if (problem) throw new Error(`${who}: ${problem}\n${stderr.replace(/^count .*\n/gm, "").trim()}`);
  const { kernel, macs, runs, difference } = JSON.parse(stdout);
  if (difference) throw new Error(`${who}: ${kernel} ${difference}`);
  const rounds = roundsOf(stderr);
  if (rounds.length === 0) throw new Error(`${who}: the emulator's plugin counted nothing`);
  return { kernel, macs, instructions: Math.round(rounds[rounds.length >> 1] / runs) };
}

/**
 * Instructions between marks 2 and 3 less those between 0 and 1, for every round, in ascending order. The middle one has no
 * compilation and no garbage collection in it.
 */
function roundsOf(text) {
  const counts = [...text.matchAll(/^count \d+ (\d+)$/gm)].map(([, count]) => Number(count));
  const rounds = [];
  for (let i = 0; i + 3 < counts.length; i += 4) {
    const [begin, end, beginAll, endAll] = counts.slice(i, i + 4);
    rounds.push(endAll - beginAll - (end - begin));
  }
  return rounds.sort((a, b) => a - b);
}

/** Runs a program to its end, with a limit on time and memory. */
function runLimited(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "", problem: undefined };
  for (const stream of ["stdout", "stderr"]) child[stream].on("data", (chunk) => (output[stream] += chunk));
  const stop = (problem) => {
    output.problem = problem;
    child.kill("SIGKILL");
  };
  const timers = [
    setInterval(() => residentKilobytes(child.pid) > MAX_KILOBYTES && stop("took more than 1 GiB of memory"), 100),
    setTimeout(() => stop(`no end after ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS),
  ];
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (status, signal) => {
      timers.forEach(clearTimeout);
      if (status !== 0) output.problem ??= signal ? `ended by ${signal}` : `exited with status ${status}`;
      done(output);
    });
  });
}

function residentKilobytes(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0; // it has ended
  }
}
