/**
 * `@tensorflow/tfjs-tflite`, its SIMD128 build, through the bindings its own client calls (`TFLiteWebModelRunner`).
 *
 * The client on top fetches files by URL and copies every tensor through tfjs-core, which has no int8; leaving it out
 * makes the peer faster, never slower. Inputs and outputs are views of TFLite's arena, as in the client.
 */
import { allocate, evaluateLoader, silent, takeVector } from "./emscripten.mjs";

const BUILD = "repo/bench/peers/node_modules/@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc_simd";
const OPTIONS = { numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 1024 };

/**
 * @param {(path: string) => Promise<Uint8Array>} readBytes
 * @returns {import("./index.mjs").Runtime}
 */
export function createTfjsTflite(readBytes) {
  let wasmBinary;
  let loader;
  let createModule;
  return {
    name: "tfjs-tflite",
    module: "simd",
    readModel: (golden) => golden.readTflite(),
    async read() {
      wasmBinary = await readBytes(`${BUILD}.wasm`);
      loader = await readBytes(`${BUILD}.js`);
    },
    async importGlue() {
      createModule = evaluateLoader(loader);
    },
    async load(model) {
      return prepare(await createModule({ wasmBinary, ...silent }), model);
    },
  };
}

function prepare(wasm, model) {
  const file = allocate(wasm, model);
  const status = wasm.TFLiteWebModelRunner.CreateFromBufferAndOptions(file, model.length, OPTIONS);
  if (!status.ok()) {
    const reason = status.errorMessage();
    status.delete();
    wasm._free(file);
    throw new Error(reason);
  }
  const runner = status.value();
  status.delete();
  const inputs = takeVector(runner.GetInputs());
  const outputs = takeVector(runner.GetOutputs());
  return {
    inputs: inputs.map((tensor) => ({ dtype: tensor.dataType, byteLength: tensor.data().byteLength })),
    setInput: (index, bytes) => bytesOf(inputs[index]).set(bytes),
    run() {
      if (!runner.Infer()) throw new Error("Infer failed");
    },
    output: (index) => bytesOf(outputs[index]).slice(),
    memory: () => ({ linear: wasm.HEAPU8.length }),
    dispose() {
      for (const tensor of [...inputs, ...outputs]) tensor.delete();
      runner.delete();
      wasm._free(file);
    },
  };
}

/** A fresh view each time: the old one is detached when the Wasm memory has grown since. */
function bytesOf(tensor) {
  const { buffer, byteOffset, byteLength } = tensor.data();
  return new Uint8Array(buffer, byteOffset, byteLength);
}
