/**
 * qbin itself, through its published entries: `importTflite` → `writeQbin` once, then `load` and `run` as a user would.
 *
 * `load` finds its own Wasm, so in the cold start reading that file counts against qbin; the peers get theirs in memory.
 */
import { existsSync } from "node:fs";

const runtimeEntry = new URL("../../../dist/index.js", import.meta.url);
const toolchainEntry = new URL("../../../dist/toolchain.js", import.meta.url);

/**
 * @param {string} module  "scalar", "simd", …: the Wasm module to use, so that equal instruction sets are compared
 * @returns {import("./index.mjs").Runtime}
 */
export function createQbin(module) {
  let load;
  return {
    name: "qbin",
    module,
    async convert(tflite) {
      requireBuilt(toolchainEntry);
      const { importTflite, writeQbin } = await import(toolchainEntry.href);
      return writeQbin(importTflite(tflite, {}));
    },
    async read() {},
    async importGlue() {
      requireBuilt(runtimeEntry);
      ({ load } = await import(runtimeEntry.href));
    },
    async load(bytes) {
      return wrap(await load(bytes, { module }));
    },
  };
}

function wrap(model) {
  const bytesOf = ({ data: { buffer, byteOffset, byteLength } }) => new Uint8Array(buffer, byteOffset, byteLength);
  return {
    inputs: model.inputs,
    setInput: (index, bytes) => bytesOf(model.input(index)).set(bytes),
    run: () => model.run(),
    output: (index) => bytesOf(model.output(index)).slice(),
    dispose: () => model.dispose(),
  };
}

function requireBuilt(entry) {
  if (existsSync(entry)) return;
  throw new Error(
    `dist/${entry.pathname.split("/").at(-1)} is missing: build qbin first (npm run build), or measure the peers alone with --no-qbin`,
  );
}
