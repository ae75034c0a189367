/**
 * `onnxruntime-web`, its WebAssembly build on one thread, through the C functions its public classes wrap: those are
 * asynchronous and copy every tensor. Runs the files of onnx/export.mjs.
 *
 * Inputs are shifted to uint8 and transposed to NCHW when they are set, outside the clock, and outputs back when they are read.
 */
import { allocate } from "./emscripten.mjs";

const FOLDER = "onnxruntime-web/dist/ort-wasm-simd-threaded";
const DTYPES = { 1: "float32", 2: "uint8" };
/** ORT_ENABLE_ALL, sequential, errors only, tensors on the CPU. */
const ALL = 99;
const SEQUENTIAL = 0;
const ERRORS = 3;
const CPU = 1;

/** Its requantization rounds as ONNX says, not as XNNPACK does; over 68 layers that adds up. */
const STEPS = 8;

/**
 * @param {(path: string) => Promise<Uint8Array>} readBytes
 * @returns {import("./index.mjs").Runtime}
 */
export function createOnnxruntimeWeb(readBytes) {
  let wasmBinary;
  let createModule;
  return {
    name: "onnxruntime-web",
    module: "simd",
    steps: STEPS,
    readModel: (golden) => golden.readOnnx(),
    async read() {
      wasmBinary = await readBytes(`repo/bench/peers/node_modules/${FOLDER}.wasm`);
    },
    async importGlue() {
      ({ default: createModule } = await import(`../node_modules/${FOLDER}.mjs`));
    },
    async load(model) {
      const wasm = await createModule({ wasmBinary, numThreads: 1, locateFile: (name) => name });
      return prepare(wasm, model);
    },
  };
}

async function prepare(wasm, file) {
  const check = (failed) => {
    if (!failed) return;
    const place = wasm._malloc(8);
    wasm._OrtGetLastError(place, place + 4);
    throw new Error(wasm.UTF8ToString(wasm.HEAP32[place / 4 + 1]));
  };
  const words = (list) => allocate(wasm, new Uint8Array(Int32Array.from(list).buffer));
  check(wasm._OrtInit(1, ERRORS) !== 0);
  const options = wasm._OrtCreateSessionOptions(ALL, true, true, SEQUENTIAL, false, 0, 0, ERRORS, 0, 0);
  const session = await wasm._OrtCreateSession(allocate(wasm, file), file.length, options);
  check(session === 0);
  const place = wasm._malloc(16);
  check(wasm._OrtGetInputOutputCount(session, place, place + 4) !== 0);
  const [inputCount, outputCount] = wasm.HEAP32.slice(place / 4, place / 4 + 2);
  const values = Array.from({ length: inputCount + outputCount }, (_, i) => describe(wasm, session, i, place));
  const inputs = values.slice(0, inputCount).map((value) => {
    const data = wasm._malloc(value.byteLength);
    const { dims, elementType, byteLength } = value;
    const tensor = wasm._OrtCreateTensor(elementType, data, byteLength, words(dims), dims.length, CPU);
    check(tensor === 0);
    return { ...value, data, tensor };
  });
  const outputs = values.slice(inputCount);
  const inputNames = words(inputs.map(({ pointer }) => pointer));
  const inputTensors = words(inputs.map(({ tensor }) => tensor));
  const outputNames = words(outputs.map(({ pointer }) => pointer));
  const outputTensors = words(outputs.map(() => 0));
  const runOptions = wasm._OrtCreateRunOptions(ERRORS, 0, false, 0);
  const made = () => wasm.HEAP32.subarray(outputTensors / 4, outputTensors / 4 + outputCount);
  const release = () => {
    for (const tensor of made()) if (tensor !== 0) wasm._OrtReleaseTensor(tensor);
    made().fill(0);
  };
  return {
    inputs,
    setInput: (index, bytes) => wasm.HEAPU8.set(toOnnx(inputs[index], bytes), inputs[index].data),
    run() {
      release();
      check(
        wasm._OrtRun(
          session,
          inputNames,
          inputTensors,
          inputCount,
          outputNames,
          outputCount,
          outputTensors,
          runOptions,
        ) !== 0,
      );
    },
    output(index) {
      check(wasm._OrtGetTensorData(made()[index], place, place + 4, place + 8, place + 12) !== 0);
      const start = wasm.HEAPU32[place / 4 + 1];
      return fromOnnx(outputs[index], wasm.HEAPU8.slice(start, start + outputs[index].byteLength));
    },
    memory: () => ({ linear: wasm.HEAPU8.length }),
    dispose() {
      release();
      wasm._OrtReleaseSession(session);
    },
  };
}

/** Name, type and shape of an input or, after those, an output. The name says what dtype it stands for. */
function describe(wasm, session, index, place) {
  wasm._OrtGetInputOutputMetadata(session, index, place, place + 4);
  const [pointer, metadata] = wasm.HEAPU32.slice(place / 4, place / 4 + 2);
  const [elementType, rank] = wasm.HEAPU32.slice(metadata / 4, metadata / 4 + 2);
  const dims = [...wasm.HEAPU32.slice(metadata / 4 + 2 + rank, metadata / 4 + 2 + 2 * rank)];
  const elementBytes = DTYPES[elementType] === "float32" ? 4 : 1;
  const isShifted = wasm.UTF8ToString(pointer).startsWith("int8");
  const byteLength = dims.reduce((a, b) => a * b, elementBytes);
  return { pointer, dtype: DTYPES[elementType], elementType, dims, elementBytes, isShifted, byteLength };
}

/** NHWC bytes as the model was given them → NCHW, int8 as uint8. */
function toOnnx(value, bytes) {
  const { dims, elementBytes } = value;
  const moved = new Uint8Array(bytes.length);
  const [, channels, height, width] = dims.length === 4 ? dims : [1, 1, 1, bytes.length / elementBytes];
  const pixels = height * width;
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < pixels; p++)
      for (let b = 0; b < elementBytes; b++)
        moved[(c * pixels + p) * elementBytes + b] = bytes[(p * channels + c) * elementBytes + b];
  return shifted(value, moved);
}

/** Outputs of the models are rows: nothing to move. */
const fromOnnx = (value, bytes) => shifted(value, bytes);

const shifted = ({ isShifted }, bytes) => (isShifted ? bytes.map((byte) => byte ^ 0x80) : bytes);
