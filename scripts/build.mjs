/**
 * Builds everything: kernels to build/wasm and, as importable bytes, to dist/wasm; the host to dist/.
 * `--kernels` stops after the kernels.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const run = (script, ...args) => execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
const MODULES = {
  scalar: ["assembly/index.ts", "assembly/scalar.ts"],
  simd: ["assembly/index.ts", "assembly/simd.ts"],
};
const LIMIT = 64 * 1024;

run("scripts/generate-args.mjs");
const asc = join(dirname(require.resolve("assemblyscript/package.json")), "bin/asc.js");
mkdirSync(join(root, "dist/wasm"), { recursive: true });
for (const [name, entries] of Object.entries(MODULES)) {
  run(asc, ...entries, "--target", name);
  const bytes = readFileSync(join(root, `build/wasm/${name}.wasm`));
  if (bytes.length > LIMIT) throw new Error(`${name}.wasm has ${bytes.length} bytes; the limit is ${LIMIT}`);
  writeFileSync(join(root, `dist/wasm/${name}.wasm`), bytes);
  // Text, so that `import()` finds it on every engine and through every bundler, without a file or a fetch.
  writeFileSync(join(root, `dist/wasm/${name}.js`), `export default "${bytes.toString("base64")}";\n`);
}
if (!process.argv.includes("--kernels")) {
  run(join(dirname(require.resolve("typescript/package.json")), "bin/tsc"), "-p", "tsconfig.json");
  chmodSync(join(root, "dist/cli/qbin.js"), 0o755);
}
