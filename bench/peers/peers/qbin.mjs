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
  const view = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);
  const input = (index) => view(model.input(model.inputs[index].name).data);
  return {
    inputs: model.inputs.map(({ dtype }, index) => ({ dtype, byteLength: input(index).byteLength })),
    setInput: (index, bytes) => input(index).set(bytes),
    run: () => model.run(),
    output: (index) => view(model.output(model.outputs[index].name).data).slice(),
    dispose: () => model.dispose(),
  };
}

function requireBuilt(entry) {
  if (existsSync(entry)) return;
  throw new Error(
    `dist/${entry.pathname.split("/").at(-1)} is missing: build qbin first (npm run build), or measure the peers alone with --no-qbin`,
  );
}
