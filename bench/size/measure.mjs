/** How many bytes each published entry costs who imports it: bundled and minified as an application would. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { builtModules } from "../../scripts/built-modules.mjs";
import { root } from "../../scripts/project.mjs";

/** Bounds of the project: raw bytes of a module, gzipped bytes of the runtime's JavaScript. */
export const MODULE_LIMIT = 64 * 1024;
export const RUNTIME_LIMIT = 12 * 1024;

/** @typedef {{ entry: string, raw: number, gzip: number, brotli: number }} Size */

/**
 * Needs a build. The runtime's JavaScript loads one module at run time, so they are counted apart; `page` is both, as
 * they travel: the module as base64 text in a JavaScript file.
 *
 * @returns {Promise<{ runtime: Size, modules: Record<string, Size>, page: Size, toolchain: Size }>}
 */
export async function measureSizes() {
  const runtime = await bundle("host/index.ts");
  const toolchain = await bundle("host/toolchain.ts");
  const files = readdirSync(join(root, "dist/wasm")).filter((name) => name.endsWith(".wasm"));
  const modules = files.map((file) => {
    const name = basename(file, ".wasm");
    return [name, sizeOf(`${name} module, Wasm`, [readFileSync(join(root, "dist/wasm", file))])];
  });
  const parts = [Buffer.from(runtime.entry), Buffer.from(runtime.simd)];
  return {
    runtime: sizeOf("qbin, JavaScript", [parts[0]]),
    modules: Object.fromEntries(modules),
    page: sizeOf("all together, with the simd module as text", parts),
    toolchain: sizeOf("qbin/toolchain, JavaScript", [Buffer.from(toolchain.entry)]),
  };
}

/** The entry chunk, and the chunk that carries the simd module where there is one. */
async function bundle(entry) {
  const build = await rolldown({
    input: join(root, entry),
    plugins: [builtModules],
    external: [/^node:/],
    logLevel: "silent",
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  const chunks = output.filter((item) => item.type === "chunk");
  const isWasm = (chunk) => chunk.moduleIds.some((id) => id.includes("dist/wasm/"));
  const simd = chunks.find((chunk) => chunk.moduleIds.some((id) => id.endsWith("dist/wasm/simd.js")));
  const entryCode = chunks.filter((chunk) => !isWasm(chunk)).map(({ code }) => code);
  return { entry: entryCode.join("\n"), simd: simd?.code ?? "" };
}

/** Files are compressed one by one, as a server does. */
function sizeOf(entry, files) {
  const total = (size) => files.reduce((sum, file) => sum + size(file), 0);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return {
    entry,
    raw: total((file) => file.length),
    gzip: total((file) => gzipSync(file, { level: 9 }).length),
    brotli: total((file) => brotliCompressSync(file, quality).length),
  };
}
