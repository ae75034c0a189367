/**
 * Where the engines come from: npm packages pinned in package.json beside this file, or programs on PATH.
 *
 * The platform packages are pinned themselves (`@deno/linux-x64-glibc`, not `deno`): npm installs the one whose os, cpu and
 * libc fit, its binary is used where it lies, and no package script has to run, which npm 11 would refuse by default.
 */
import { createHash } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describeExit, runToEnd } from "./processes.mjs";

const HERE = import.meta.dirname;
const MODULES = join(HERE, "node_modules");

/**
 * The binary of the one installed package among `scope`'s that has it.
 *
 * @param {{ package: RegExp, binary: string }} pinned  e.g. { package: /^@deno\//, binary: "deno" }
 * @returns {string | undefined}
 */
export function packagedBinary({ package: pattern, binary }) {
  const file = pinnedNames()
    .filter((name) => pattern.test(name))
    .map((name) => join(MODULES, name, binary))
    .find((path) => existsSync(path));
  if (file && !isExecutable(file)) chmodSync(file, 0o755);
  return file;
}

/**
 * Installs the packages pinned in a folder unless that was done for its lockfile and this platform.
 *
 * @param {(line: string) => void} log
 * @param {string} [name] a folder here whose package.json is meant: its packages are for another processor than this one
 * @returns {Promise<string | undefined>} what went wrong, as one line
 */
export async function installPackages(log, name = ".") {
  const folder = join(HERE, name);
  const modules = join(folder, "node_modules");
  const stamp = join(modules, ".installed-for");
  const lock = readFileSync(join(folder, "package-lock.json"));
  const wanted = `${createHash("sha256").update(lock).digest("hex")} ${process.platform} ${process.arch}`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return undefined;
  const where = join("test/engines", name);
  log(`installing the engines pinned in ${where}/package.json (npm ci, some hundred MB on disk)`);
  const npm = findOnPath(["npm"]);
  if (!npm) return "no npm on PATH to install the pinned engines";
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  if (name !== ".") args.push("--force");
  const exit = await runToEnd(npm, args, { cwd: folder, timeoutMs: 300_000 });
  if (!exit.ok) return `npm ci in ${where} ${describeExit(exit)}`;
  mkdirSync(modules, { recursive: true }); // npm makes none where no package fits
  writeFileSync(stamp, wanted);
  return undefined;
}

/** @param {string[]} names  @returns {string | undefined} the first of the names that is a program on PATH */
export function findOnPath(names) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function pinnedNames() {
  return Object.keys(JSON.parse(readFileSync(join(HERE, "package.json"), "utf8")).optionalDependencies);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
