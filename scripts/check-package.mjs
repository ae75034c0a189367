/**
 * What package.json promises exists. No lockfile says where a package is fetched from, which is npm's setting, and each has
 * every platform's packages, without which `npm ci` refuses: npm leaves out those that a registry did not have that day.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lockedPackages, root } from "./project.mjs";

const problems = [...missingFiles(), ...lockfiles().flatMap((path) => [...addresses(path), ...leftOut(path)])];
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
  return Object.entries(lockedPackages(path))
    .filter(([, { resolved, link }]) => resolved !== undefined && !link)
    .map(([name]) => `${path}: "${name}" has an address; run npm install with omit-lockfile-registry-resolved`);
}

function leftOut(path) {
  const packages = lockedPackages(path);
  const names = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, "")));
  return Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .filter((name) => !names.has(name))
    .map((name) => `${path}: optional package ${name} has no entry; npm ci would refuse`);
}
