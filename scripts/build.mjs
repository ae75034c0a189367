/**
 * Builds everything: kernels to build/wasm and, as importable bytes, to dist/wasm; the host to dist/.
 * `--kernels` stops after the kernels.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { bundleHost } from "./bundle.mjs";
import { BUILD_STAMP, ensureInstalled, packageFile, root, run } from "./project.mjs";

const SIMD = ["assembly/index.ts", "assembly/simd.ts"];
const MODULES = {
  scalar: ["assembly/index.ts", "assembly/scalar.ts"],
  simd: [...SIMD, "assembly/extmul.ts", "assembly/winograd.ts"],
  "relaxed-us": [...SIMD, "assembly/relaxed-us.ts"],
  "relaxed-ss": [...SIMD, "assembly/extmul.ts", "assembly/relaxed-ss.ts"],
  "scalar-more": ["assembly/more.ts"],
  "simd-more": ["assembly/more.ts"],
  threads: ["assembly/threads.ts"],
};
const LIMIT = 64 * 1024;

ensureInstalled();
// In CI a file that should have been committed is not made good.
run("scripts/generate-args.mjs", ...(process.env["CI"] ? ["--check"] : []));
// The stamp's time is from before the sources are read: an edit during the build must look newer.
const started = new Date();
buildKernels();
if (!process.argv.includes("--kernels")) {
  await buildHost();
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, "");
  utimesSync(BUILD_STAMP, started, started);
}

function buildKernels() {
  const sources = digestOfSources();
  rmSync(join(root, "dist/wasm"), { recursive: true, force: true });
  mkdirSync(join(root, "dist/wasm"), { recursive: true });
  for (const [name, entries] of Object.entries(MODULES)) {
    // Compiling takes seconds a module, and most edits are the host's.
    const made = join(root, `build/wasm/${name}.sources`);
    if (!existsSync(made) || readFileSync(made, "utf8") !== sources) {
      rmSync(made, { force: true });
      run(packageFile("assemblyscript", "bin/asc.js"), ...entries, "--target", name);
      writeFileSync(made, sources);
    }
    const bytes = readFileSync(join(root, `build/wasm/${name}.wasm`));
    if (bytes.length > LIMIT) throw new Error(`${name}.wasm has ${bytes.length} bytes; the limit is ${LIMIT}`);
    writeFileSync(join(root, `dist/wasm/${name}.wasm`), bytes);
    // Text, so that `import()` finds it on every engine and through every bundler, without a file or a fetch.
    writeFileSync(join(root, `dist/wasm/${name}.js`), `export default "${bytes.toString("base64")}";\n`);
  }
}

/** Of everything that a module depends on: this script, the kernels, the compiler and its options. */
function digestOfSources() {
  const hash = createHash("sha256");
  const kernels = readdirSync(join(root, "assembly"), { recursive: true }).filter((file) => file.endsWith(".ts"));
  const compiler = ["assemblyscript", "binaryen"].map((name) => packageFile(name, "package.json"));
  const files = ["scripts/build.mjs", "asconfig.json", ...kernels.sort().map((file) => join("assembly", file))];
  for (const file of [...files.map((file) => join(root, file)), ...compiler]) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

async function buildHost() {
  // What a removed source left behind would be published.
  for (const name of readdirSync(join(root, "dist"))) {
    if (name !== "wasm") rmSync(join(root, "dist", name), { recursive: true });
  }
  run(packageFile("typescript", "bin/tsc"), "-p", "tsconfig.json", "--emitDeclarationOnly");
  await bundleHost(join(root, "dist"));
  removeUnreachedTypes();
  chmodSync(join(root, "dist/cli/qbin.js"), 0o755);
}

/** tsc describes every source; users need what the entries' own descriptions refer to. */
function removeUnreachedTypes() {
  const dist = join(root, "dist");
  const reached = new Set();
  const visit = (path) => {
    if (reached.has(path)) return;
    reached.add(path);
    const requests = readFileSync(path, "utf8").matchAll(/(?:\bfrom\s+|\bimport\(\s*)["'](\.[^"']+)\.js["']/g);
    for (const [, request] of requests) visit(join(dirname(path), `${request}.d.ts`));
  };
  for (const entry of ["index", "toolchain", "node"]) visit(join(dist, `${entry}.d.ts`));
  const folders = [];
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) folders.push(path);
    else if (path.endsWith(".d.ts") && !reached.has(path)) rmSync(path);
  }
  for (const folder of folders.sort().reverse()) if (readdirSync(folder).length === 0) rmdirSync(folder);
}
