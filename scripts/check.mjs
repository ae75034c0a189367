/** All static checks, side by side: `npm run check`. Prints a line each, and what a failed one said. */
import { spawn } from "node:child_process";
import { ensureBuilt, ensureInstalled, packageFile, root } from "./project.mjs";

ensureInstalled();
ensureBuilt();

const tsc = packageFile("typescript", "bin/tsc");
const vitest = packageFile("vitest", "vitest.mjs");
const CHECKS = {
  "types of host/": [tsc, "-p", "tsconfig.json", "--noEmit"],
  "types of test/": [tsc, "-p", "tsconfig.test.json"],
  "format and lint": [packageFile("@biomejs/biome", "bin/biome"), "check", "--colors=off"],
  "argument structs are current": ["scripts/generate-args.mjs", "--check"],
  "docs/operators.md is current": ["scripts/generate-operators.mjs", "--check"],
  "docs/onnx.md is current": ["scripts/generate-onnx.mjs", "--check"],
  "docs/onnx-quantized.md is current": ["scripts/generate-onnx-quantized.mjs", "--check"],
  "docs/caffe.md is current": ["scripts/generate-caffe.mjs", "--check"],
  "docblocks of published exports": ["scripts/check-docblocks.mjs"],
  "package and lockfiles": ["scripts/check-package.mjs"],
  architecture: [vitest, "run", "test/architecture.test.ts", "--no-color"],
};

const results = await Promise.all(Object.entries(CHECKS).map(([name, command]) => check(name, command)));
const failed = results.filter((ok) => !ok).length;
console.log(`check: ${failed === 0 ? "all" : results.length - failed} of ${results.length} passed`);
process.exitCode = failed === 0 ? 0 : 1;

/** @returns {Promise<boolean>} whether it passed */
function check(name, [script, ...args]) {
  const started = performance.now();
  const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (status) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${status === 0 ? "ok    " : "FAILED"}  ${name} (${seconds} s)`);
      if (status !== 0) console.log(output.trimEnd().replaceAll(/^/gm, "        "));
      done(status === 0);
    });
  });
}
