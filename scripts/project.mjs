/** What the scripts share: the project's folder, running its tools, and having it installed and built. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Written last by build.mjs, so that a build that failed half-way counts as none. */
export const BUILD_STAMP = join(root, "build/stamp");

/** What dist/ is made of. */
const BUILD_INPUTS = [
  ...["assembly", "host", "asconfig.json", "tsconfig.json", "package-lock.json"],
  ...["build.mjs", "built-modules.mjs", "bundle.mjs", "generate-args.mjs"].map((name) => `scripts/${name}`),
];

/**
 * Runs a Node script with our output as its own.
 *
 * @param {string} script absolute, or relative to the project
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to ours
 * @returns {boolean} whether it ended with status 0
 */
export function succeeds(script, args = [], env = {}) {
  const { status, error } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  return status === 0;
}

/** Runs a Node script and ends this process when it fails: the script has said why. */
export function run(script, ...args) {
  if (!succeeds(script, args)) process.exit(1);
}

/** Absolute path of a file inside an installed package. */
export function packageFile(name, file) {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
}

/** `npm ci` when what is installed is not what the lockfile says. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.log("installing what package-lock.json names (npm ci) …");
  // No package here needs its install script, and there is nothing to audit before the first run.
  npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** Compares versions, not times: git gives a file that did not change a new time. */
function isInstalled() {
  const installed = lockedPackages("node_modules/.package-lock.json");
  return Object.entries(lockedPackages("package-lock.json")).every(([path, { version, optional }]) => {
    const found = installed[path]?.version;
    return path === "" || found === version || (optional && found === undefined);
  });
}

/** Entries of a lockfile by place; none when there is no such file. */
export function lockedPackages(path) {
  const file = join(root, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}

/** Builds when dist/ is missing or a source is newer. */
export function ensureBuilt() {
  const built = modified(BUILD_STAMP);
  const isCurrent = BUILD_INPUTS.every((path) => newest(join(root, path)) <= built);
  if (built > 0 && isCurrent) return;
  console.log("building (npm run build) …");
  run("scripts/build.mjs");
}

function npm(args) {
  // Under `npm start` npm says where it is; on Windows that is also the way around the .cmd file.
  const cli = process.env["npm_execpath"];
  const isScript = cli !== undefined && /\.c?js$/.test(cli);
  const { status, error } = isScript
    ? spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: "inherit" })
    : spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (error) throw new Error(`npm cannot be started: ${error.message}`);
  if (status !== 0) {
    console.error(`npm ${args[0]} failed; its messages above say why`);
    process.exit(1);
  }
}

/** Time of the last change of a file, of the newest file in a folder; 0 when there is none. */
function newest(path) {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return modified(path);
  const entries = readdirSync(path, { recursive: true }).map((name) => join(path, name));
  return Math.max(0, ...entries.map(modified));
}

function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}
