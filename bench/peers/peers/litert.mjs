/**
 * `@litertjs/core` through the bindings its public classes wrap.
 *
 * The public API refuses int8 tensors and loads by script tag; the Wasm below it takes any type and the binary handed to
 * the factory. `run` does what a user of the API must do for each inference and no more: it runs and deletes
 * the output buffers of the run before, because LiteRT.js makes new ones every time. Input buffers are made once.
 */
import { allocate, evaluateLoader, silent, takeVector } from "./emscripten.mjs";

const FOLDER = "repo/bench/peers/node_modules/@litertjs/core/wasm/";
const DTYPES = { 1: "float32", 2: "int32", 3: "uint8", 7: "int16", 9: "int8" };
const SIGNATURE = 0;

/**
 * @param {string} name
 * @param {"simd" | "relaxed"} module
 * @param {string} build  file stem in the package's wasm folder
 * @param {(path: string) => Promise<Uint8Array>} readBytes
 * @returns {import("./index.mjs").Runtime}
 */
export function createLitert(name, module, build, readBytes) {
  let wasmBinary;
  let loader;
  let createModule;
  return {
    name,
    module,
    readModel: (golden) => golden.readTflite(),
    async read() {
      wasmBinary = await readBytes(`${FOLDER}${build}.wasm`);
      loader = await readBytes(`${FOLDER}${build}.js`);
    },
    async importGlue() {
      createModule = evaluateLoader(loader);
    },
    async load(model) {
      return prepare(await createModule({ wasmBinary, ...silent }), model);
    },
  };
}

async function prepare(wasm, file) {
  wasm.setupLogging();
  const environment = wasm.LiteRtEnvironment.create(null);
  const pointer = allocate(wasm, file);
  const model = wasm.loadModel(environment, pointer, file.length);
  const compiled = await wasm.compileModel(environment, model, {
    environment: { liteRtEnvironment: environment },
    accelerator: "wasm",
    cpuOptions: { numThreads: 1 },
    gpuOptions: {},
    webNNOptions: {},
  });
  const signature = model.getSignature(SIGNATURE);
  const types = takeVector(signature.inputNames()).map((_, i) => fixedType(wasm, model, i));
  signature.delete();
  const { HOST_MEMORY } = wasm.LiteRtTensorBufferType;
  const buffers = types.map((type) =>
    wasm.LiteRtTensorBuffer.createManaged(environment, HOST_MEMORY, type, type.bytes()),
  );
  let outputs = [];
  const deleteOutputs = () => {
    for (const buffer of outputs) buffer.delete();
  };
  return {
    inputs: types.map((type) => ({ dtype: DTYPES[type.elementType().value], byteLength: type.bytes() })),
    setInput(index, bytes) {
      wasm.HEAPU8.set(bytes, buffers[index].lock(wasm.LiteRtTensorBufferLockMode.WRITE));
      buffers[index].unlock();
    },
    run() {
      deleteOutputs();
      outputs = compiled.run(SIGNATURE, buffers);
    },
    output(index) {
      const start = outputs[index].lock(wasm.LiteRtTensorBufferLockMode.READ);
      const bytes = wasm.HEAPU8.slice(start, start + outputs[index].packedSize());
      outputs[index].unlock();
      return bytes;
    },
    memory: () => ({ linear: wasm.HEAPU8.length }),
    dispose() {
      deleteOutputs();
      for (const owned of [...buffers, ...types, compiled, model, environment]) owned.delete();
      wasm._free(pointer);
    },
  };
}

/** The type of an input with unknown dimensions (a batch of -1) fixed to 1; a buffer must have a size. */
function fixedType(wasm, model, index) {
  const type = model.getInputTensorType(SIGNATURE, index);
  const layout = type.layout();
  const dimensions = new wasm.VectorInt32();
  for (const size of takeVector(layout.dimensions())) dimensions.push_back(Math.max(1, size));
  const fixedLayout = wasm.LiteRtLayout.create(dimensions);
  const fixed = wasm.LiteRtRankedTensorType.create(type.elementType(), fixedLayout);
  for (const owned of [type, layout, dimensions, fixedLayout]) owned.delete();
  return fixed;
}
