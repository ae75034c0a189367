/**
 * The table of engines: how each is found and started. Adding an engine is adding a row.
 *
 * @typedef {{ command: string, version: string } | { reason: string }} Found
 * @typedef {{
 *   job: import("./drive.mjs").Job,
 *   mounts: import("./mounts.mjs").Mounts,
 *   server: Awaited<ReturnType<typeof import("./server.mjs").startServer>>,
 *   home: string,                                    an empty folder that stands for the user's
 *   onEvents: (events: import("./drive.mjs").Event[]) => void,
 * }} Session
 * @typedef {{
 *   find(): Promise<Found>,
 *   start(command: string, session: Session): ReturnType<typeof import("./processes.mjs").start>,
 *   install?(log: (line: string) => void): Promise<string | undefined>,   what comes from npm; what went wrong
 *   isEmulated?: boolean,                            its times mean nothing
 *   without?: string[],                              suites it runs only when told to
 *   isOptional?: boolean,                            runs only when asked for by name
 * }} Engine
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CHROMIUM, chromiumArguments, FIREFOX, firefoxArguments } from "./browsers.mjs";
import { EVENT_MARK } from "./drive.mjs";
import { findEmulator, MACHINES, nodeCommand, nodeOf, versionOf } from "./emulated.mjs";
import { findOnPath, installPackages, packagedBinary } from "./packages.mjs";
import { describeExit, removeFolder, runToEnd, start, temporaryFolder } from "./processes.mjs";

const HOST = join(import.meta.dirname, "host.mjs");
const PLATFORM = `${process.platform}-${process.arch}`;

/** @type {Record<string, Engine>} */
export const ENGINES = {
  node: { find: () => probe([process.execPath]), start: onDisk(() => []) },
  "node-latest": pinned({ package: new RegExp(`^node-${PLATFORM}$`), binary: "bin/node" }, () => []),
  deno: pinned({ package: /^@deno\//, binary: "deno", program: "deno" }, ({ mounts }) => [
    ...["run", "--no-config", "--no-lock", "--no-remote", "--no-npm", "--no-prompt"],
    `--allow-read=${mounts.repo},${mounts.shared}`,
  ]),
  bun: pinned({ package: /^@oven\/bun-/, binary: "bin/bun", program: "bun" }, () => ["run", "--no-install"]),
  chromium: browser(CHROMIUM, chromiumArguments),
  firefox: browser(FIREFOX, firefoxArguments),
  "arm64-a72": emulated(MACHINES.arm64, "cortex-a72"),
  "arm64-a76": emulated(MACHINES.arm64, "cortex-a76"),
  arm32: { ...emulated(MACHINES.arm32, "max"), isOptional: true },
};

/** An engine from npm, or for want of that the same program on PATH; `flags` go before the script's name. */
function pinned(where, flags) {
  return {
    install: installPackages,
    start: onDisk(flags),
    async find() {
      const { program } = where;
      const found = await probe([packagedBinary(where), program && findOnPath([program])]);
      const elsewhere = program ? `, no ${program} on PATH` : "";
      return found ?? { reason: `no package for ${PLATFORM} in test/engines/node_modules${elsewhere}` };
    },
  };
}

/** Node on another processor, see emulated.mjs. */
function emulated(machine, cpu) {
  const emulator = findEmulator(machine, cpu);
  return {
    isEmulated: true,
    // It orders memory as the host does, which hides what threads get wrong on ARM; and takes minutes to start the workers.
    without: ["threads"],
    install: async (log) => (emulator.reason ? undefined : installPackages(log, machine.folder)),
    start: emulator.reason ? undefined : onDisk(() => nodeCommand(machine, emulator).args),
    async find() {
      if (emulator.reason) return emulator;
      const version = versionOf(machine);
      return version
        ? { command: nodeCommand(machine, emulator).command, version }
        : { reason: `no ${nodeOf(machine)}` };
    },
  };
}

function onDisk(flags) {
  return (command, session) => {
    const { job, mounts, home, onEvents } = session;
    const onLine = (line) => {
      if (!line.startsWith(EVENT_MARK)) return false;
      onEvents(JSON.parse(line.slice(EVENT_MARK.length)));
      return true;
    };
    const args = [...flags(session), HOST, JSON.stringify({ job, mounts })];
    return start(command, args, { env: environment(home), cwd: mounts.repo, onLine });
  };
}

function browser({ names, variable }, commandLine) {
  return {
    async find() {
      const chosen = process.env[variable];
      const found = await probe(chosen ? [chosen] : names.map((name) => findOnPath([name])));
      return found ?? { reason: `no ${names.join(" or ")} on PATH, and ${variable} is not set` };
    },
    start(command, { job, home, server, onEvents }) {
      const profile = join(home, "profile");
      mkdirSync(profile);
      const { id, url } = server.open(job, onEvents);
      const child = start(command, commandLine(profile, url), { env: environment(home) });
      child.exited.then(() => server.forget(id));
      return child;
    },
  };
}

/**
 * The first of the programs that can say its version.
 *
 * @param {(string | undefined)[]} commands
 * @returns {Promise<Found | undefined>} undefined when there is no program at all
 */
async function probe(commands) {
  let failure;
  for (const command of commands.filter(Boolean)) {
    const home = temporaryFolder("version");
    const exit = await runToEnd(command, ["--version"], { env: environment(home), timeoutMs: 30_000 });
    removeFolder(home);
    const version = exit.stdout.join("\n").match(/\d+(\.\d+)+\w*/)?.[0];
    if (exit.ok && version) return { command, version };
    failure ??= { reason: `${command} --version ${describeExit(exit)}` };
  }
  return failure;
}

/**
 * What an engine sees of this machine's settings: no NODE_OPTIONS of a test runner, no profile or cache of the user's, no
 * proxy; and what it writes goes where it will be removed.
 */
function environment(home) {
  const kept = ["PATH", "LANG", "LD_LIBRARY_PATH"].filter((name) => process.env[name] !== undefined);
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    HOME: home,
    TMPDIR: home,
    DENO_DIR: join(home, "deno"),
    DENO_NO_UPDATE_CHECK: "1",
    DO_NOT_TRACK: "1",
    MOZ_CRASHREPORTER_DISABLE: "1",
    NO_COLOR: "1",
  };
}
