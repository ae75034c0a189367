/** What package.json promises exists, and no lockfile says where a package is fetched from: that is npm's setting. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.mjs";

const problems = [...missingFiles(), ...lockfiles().flatMap(addresses)];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function missingFiles() {
  const { exports, bin, files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const paths = [...Object.values(exports).flatMap((to) => (typeof to === "string" ? [to] : Object.values(to)))];
  return [...paths, ...Object.values(bin), ...files.filter((path) => !path.startsWith("!"))]
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `package.json names ${path}, which does not exist`);
}

function lockfiles() {
  const found = ["package-lock.json", "test/engines/package-lock.json", "bench/peers/package-lock.json"];
  const others = readdirSync(join(root, "examples"), { recursive: true })
    .filter((name) => name.endsWith("package-lock.json") && !name.includes("node_modules"))
    .map((name) => join("examples", name));
  return [...found, ...others];
}

function addresses(path) {
  const { packages } = JSON.parse(readFileSync(join(root, path), "utf8"));
  return Object.entries(packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && !link)
    .map(([name]) => `${path}: "${name}" has an address; run npm install with omit-lockfile-registry-resolved`);
}
