import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../", import.meta.url);

/**
 * Installs the peers from the lockfile if one of them is missing; nothing else is ever fetched.
 * Says so on standard error, so that `--json` stays JSON alone.
 *
 * @throws Error if npm fails
 */
export function ensureInstalled() {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  const missing = Object.keys(dependencies).filter((name) => !existsSync(new URL(`node_modules/${name}`, folder)));
  if (missing.length === 0) return;
  console.error(`installing ${missing.join(" and ")} into bench/peers (npm ci) …`);
  const { status } = spawnSync("npm", ["ci", "--no-progress"], {
    cwd: fileURLToPath(folder),
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("npm ci failed in bench/peers; the messages above say why");
}
