/**
 * qbin itself, through its published entry: `load` and `run` as a user would. The .qbin was made by `importTflite` and
 * `writeQbin` before.
 *
 * `load` finds its own Wasm, so in the cold start reading that file counts against qbin; the peers get theirs in memory.
 */

const entry = new URL("../../../dist/index.js", import.meta.url).href;

/**
 * @param {string} module  "auto", "scalar", "simd", …: the Wasm module to use, so that equal instruction sets can be compared
 * @returns {import("./index.mjs").Runtime}
 */
export function createQbin(module) {
  let load;
  return {
    name: "qbin",
    module,
    readModel: (golden) => golden.readQbin(),
    async read() {},
    async importGlue() {
      ({ load } = await import(entry));
    },
    async load(bytes) {
      return wrap(await load(bytes, module === "auto" ? {} : { module }));
    },
  };
}

function wrap(model) {
  const bytesOf = ({ data: { buffer, byteOffset, byteLength } }) => new Uint8Array(buffer, byteOffset, byteLength);
  return {
    inputs: model.inputs,
    module: model.info.module,
    setInput: (index, bytes) => bytesOf(model.input(index)).set(bytes),
    run: () => model.run(),
    output: (index) => bytesOf(model.output(index)).slice(),
    memory: () => ({
      linear: model.info.memory.total,
      weights: model.info.memory.weights,
      arena: model.info.memory.arena,
    }),
    dispose: () => model.dispose(),
  };
}
