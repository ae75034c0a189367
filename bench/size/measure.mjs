/** How many bytes each published entry costs who imports it: bundled and minified as an application would. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { builtModules } from "../../scripts/built-modules.mjs";
import { root } from "../../scripts/project.mjs";

/** Bounds of the project: raw bytes of a module, gzipped bytes of what `import { load } from "qbin"` loads. */
export const MODULE_LIMIT = 64 * 1024;
export const RUNTIME_LIMIT = 16 * 1024;

/** @typedef {{ entry: string, raw: number, gzip: number, brotli: number }} Size */

/**
 * Needs a build. An entry is counted with what it imports at once. What `load` imports when it knows the model is counted
 * apart: `operators` of ordinary convolutional networks, the `others`, and the one module that the engine runs, as base64
 * text in a JavaScript file. `page` is all that a page loads for a convolutional network; each file is compressed by itself.
 *
 * @returns {Promise<{
 *   runtime: Size, operators: Size, others: Size, modules: Record<string, Size>, page: Size, toolchain: Size,
 * }>}
 */
export async function measureSizes() {
  const runtime = await bundle("host/index.ts");
  const toolchain = await bundle("host/toolchain.ts");
  const entry = runtime.closure(runtime.entry);
  const onDemand = (name) => runtime.closure(runtime.lazy(name)).filter((code) => !entry.includes(code));
  const operators = onDemand("facets-common");
  return {
    runtime: sizeOf("qbin", entry),
    operators: sizeOf("ops of convolutional networks, on demand", operators),
    others: sizeOf("other ops, on demand", onDemand("facets-other")),
    modules: moduleSizes(),
    page: sizeOf("all a page loads, with the simd module as text", [...entry, ...operators, ...onDemand("simd")]),
    toolchain: sizeOf("qbin/toolchain", toolchain.closure(toolchain.entry)),
  };
}

function moduleSizes() {
  const files = readdirSync(join(root, "dist/wasm")).filter((name) => name.endsWith(".wasm"));
  const sizes = files.map((file) => {
    const name = basename(file, ".wasm");
    return [name, sizeOf(`${name} module, Wasm`, [readFileSync(join(root, "dist/wasm", file))])];
  });
  return Object.fromEntries(sizes);
}

/** The entry's chunk, a chunk loaded on demand by name, and what a chunk loads at once: its minified text and its imports'. */
async function bundle(path) {
  const input = join(root, path);
  const build = await rolldown({ input, plugins: [builtModules], external: [/^node:/], logLevel: "silent" });
  const { output } = await build.generate({ format: "esm", minify: true });
  const chunks = output.filter((item) => item.type === "chunk");
  const named = (fileName) => chunks.find((chunk) => chunk.fileName === fileName);
  const closure = (chunk, seen = new Set()) => {
    if (chunk && !seen.has(chunk)) {
      seen.add(chunk);
      for (const fileName of chunk.imports) closure(named(fileName), seen);
    }
    return [...seen].map(({ code }) => code);
  };
  const lazy = (name) => chunks.find((chunk) => chunk.isDynamicEntry && chunk.name === name);
  return { entry: chunks.find(({ isEntry }) => isEntry), lazy, closure };
}

/** @param {(string | Uint8Array)[]} files compressed one by one, as a server does */
function sizeOf(entry, files) {
  const buffers = files.map((file) => Buffer.from(file));
  const total = (size) => buffers.reduce((sum, file) => sum + size(file), 0);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return {
    entry,
    raw: total((file) => file.length),
    gzip: total((file) => gzipSync(file, { level: 9 }).length),
    brotli: total((file) => brotliCompressSync(file, quality).length),
  };
}
