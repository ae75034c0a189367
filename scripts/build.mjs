/**
 * Builds everything: kernels to build/wasm and, as importable bytes, to dist/wasm; the host to dist/.
 * `--kernels` stops after the kernels.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BUILD_STAMP, packageFile, root, run } from "./project.mjs";

const SIMD = ["assembly/index.ts", "assembly/simd.ts"];
const MODULES = {
  scalar: ["assembly/index.ts", "assembly/scalar.ts"],
  simd: SIMD,
  "relaxed-us": [...SIMD, "assembly/relaxed.ts"],
  "relaxed-ss": [...SIMD, "assembly/relaxed.ts"],
};
const LIMIT = 64 * 1024;

run("scripts/generate-args.mjs");
// The stamp's time is from before the sources are read: an edit during the build must look newer.
const started = new Date();
buildKernels();
if (!process.argv.includes("--kernels")) {
  buildHost();
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, "");
  utimesSync(BUILD_STAMP, started, started);
}

function buildKernels() {
  mkdirSync(join(root, "dist/wasm"), { recursive: true });
  for (const [name, entries] of Object.entries(MODULES)) {
    run(packageFile("assemblyscript", "bin/asc.js"), ...entries, "--target", name);
    const bytes = readFileSync(join(root, `build/wasm/${name}.wasm`));
    if (bytes.length > LIMIT) throw new Error(`${name}.wasm has ${bytes.length} bytes; the limit is ${LIMIT}`);
    writeFileSync(join(root, `dist/wasm/${name}.wasm`), bytes);
    // Text, so that `import()` finds it on every engine and through every bundler, without a file or a fetch.
    writeFileSync(join(root, `dist/wasm/${name}.js`), `export default "${bytes.toString("base64")}";\n`);
  }
}

function buildHost() {
  const host = readdirSync(join(root, "host"), { recursive: true });
  const sources = new Set(host.filter((name) => name.endsWith(".ts")).map((name) => name.replace(/(\.d)?\.ts$/, "")));
  run(packageFile("typescript", "bin/tsc"), "-p", "tsconfig.json");
  // tsc never deletes: what a removed source left behind would be published.
  for (const name of readdirSync(join(root, "dist"), { recursive: true })) {
    const isOrphan = /\.(js|d\.ts)$/.test(name) && !sources.has(name.replace(/(\.d\.ts|\.js)$/, ""));
    if (isOrphan && statSync(join(root, "dist", name)).isFile()) rmSync(join(root, "dist", name));
  }
  chmodSync(join(root, "dist/cli/qbin.js"), 0o755);
}
