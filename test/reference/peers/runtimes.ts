/** The peers of bench/peers as functions from a .tflite file and inputs to outputs, one Wasm instance each. */
import { existsSync } from "node:fs";

const PEERS = new URL("../../../bench/peers/", import.meta.url);

export type Run = (file: Uint8Array, inputs: readonly Uint8Array[]) => Promise<Uint8Array[]>;

/** Why the peers cannot run here; undefined when they can. */
export function missingPeers(): string | undefined {
  if (existsSync(new URL("node_modules/@litertjs/core/package.json", PEERS))) return undefined;
  return "bench/peers is not installed (npm ci there)";
}

// biome-ignore lint/suspicious/noExplicitAny: Emscripten bindings have no types
type Wasm = any;

async function instantiate(stem: string): Promise<{ wasm: Wasm; glue: Wasm }> {
  const glue = await import(new URL("peers/glue.mjs", PEERS).href);
  const wasmBinary = await glue.readPackageFile(`${stem}.wasm`);
  return { wasm: await glue.evaluateLoader(`${stem}.js`)({ wasmBinary, ...glue.silent }), glue };
}

export async function tfjsTflite(): Promise<Run> {
  const { wasm, glue } = await instantiate("@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc_simd");
  const options = { numThreads: 1, enableProfiling: false, maxProfilingBufferEntries: 16 };
  return async (file, inputs) => {
    const pointer = glue.allocate(wasm, file);
    const status = wasm.TFLiteWebModelRunner.CreateFromBufferAndOptions(pointer, file.length, options);
    if (!status.ok()) throw new Error(`tfjs-tflite: ${status.errorMessage()}`);
    const runner = status.value();
    glue.takeVector(runner.GetInputs()).forEach((tensor: Wasm, i: number) => {
      const { buffer, byteOffset } = tensor.data();
      new Uint8Array(buffer, byteOffset).set(inputs[i] as Uint8Array);
    });
    if (!runner.Infer()) throw new Error("tfjs-tflite: Infer failed");
    const outputs = glue.takeVector(runner.GetOutputs()).map((tensor: Wasm) => {
      const { buffer, byteOffset, byteLength } = tensor.data();
      return new Uint8Array(buffer, byteOffset, byteLength).slice();
    });
    runner.delete();
    status.delete();
    wasm._free(pointer);
    return outputs;
  };
}

/** LiteRT.js, its SIMD128 build, which Node 20 can run. */
export async function litert(): Promise<Run> {
  const { wasm, glue } = await instantiate("@litertjs/core/wasm/litert_wasm_compat_internal");
  wasm.setupLogging();
  const environment = wasm.LiteRtEnvironment.create(null);
  const options = {
    environment: { liteRtEnvironment: environment },
    accelerator: "wasm",
    cpuOptions: { numThreads: 1 },
    gpuOptions: {},
    webNNOptions: {},
  };
  return async (file, inputs) => {
    const pointer = glue.allocate(wasm, file);
    const model = wasm.loadModel(environment, pointer, file.length);
    const compiled = await wasm.compileModel(environment, model, options);
    const { HOST_MEMORY } = wasm.LiteRtTensorBufferType;
    const buffers = inputs.map((bytes, i) => {
      const type = model.getInputTensorType(0, i);
      const buffer = wasm.LiteRtTensorBuffer.createManaged(environment, HOST_MEMORY, type, type.bytes());
      wasm.HEAPU8.set(bytes, buffer.lock(wasm.LiteRtTensorBufferLockMode.WRITE));
      buffer.unlock();
      type.delete();
      return buffer;
    });
    const results = compiled.run(0, buffers);
    const outputs = Array.from(results as Iterable<Wasm>, (buffer) => {
      const start = buffer.lock(wasm.LiteRtTensorBufferLockMode.READ);
      const bytes = wasm.HEAPU8.slice(start, start + buffer.packedSize());
      buffer.unlock();
      return bytes;
    });
    for (const owned of [...results, ...buffers, compiled, model]) owned.delete();
    wasm._free(pointer);
    return outputs;
  };
}
