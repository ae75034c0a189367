/** What the bench needs from outside: an emulator, an arm64 C library, an arm64 Node and a C compiler. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/project.mjs";
import { findEmulator, MACHINES, nodeOf } from "../../test/engines/emulated.mjs";
import { installPackages } from "../../test/engines/packages.mjs";

const OUTPUT = join(root, "build/arm");

/**
 * Finds, installs and builds everything.
 *
 * @typedef {{ emulators: Record<string, { command: string, args: string[] }>, plugin: string, node: string }} Tools
 *
 * @param {string[]} cpus
 * @returns {Promise<Tools>}
 * @throws {Error} that says what to install
 */
export async function prepareTools(cpus) {
  const machine = MACHINES.arm64;
  const emulators = Object.fromEntries(cpus.map((cpu) => [cpu, findEmulator(machine, cpu)]));
  const { reason } = emulators[cpus[0]];
  if (reason) throw new Error(`bench/arm: ${reason}`);
  mkdirSync(OUTPUT, { recursive: true });
  const plugin = join(OUTPUT, "count.so");
  const gcc = ["-O2", "-shared", "-fPIC", "-o", plugin, join(import.meta.dirname, "count.c")];
  if (spawnSync("gcc", gcc, { stdio: ["ignore", 2, 2] }).status !== 0)
    throw new Error("bench/arm: no gcc that can build count.c; on Debian: apt-get install gcc libc6-dev");
  const problem = await installPackages((line) => console.error(line), machine.folder);
  if (problem) throw new Error(`bench/arm: ${problem}`);
  return { emulators, plugin, node: nodeOf(machine) };
}
