/**
 * Adds to the manifests beside this file what onnxruntime-web makes of every model: how many elements differ from the recorded
 * outputs, and by how much at most; without graph optimizations where those fail. `webInt8Allowed` is the same with int8 layers
 * fused: the portable form of the arithmetic that ARM computes. Where that differs, its outputs are kept as `<name>.web<i>.bin`.
 *
 *     npm ci --prefix bench/peers
 *     node test/models/onnx-quantized/record-web.mjs [folder]
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../../bench/peers/package.json", import.meta.url));
const entry = require.resolve("onnxruntime-web/wasm");
const { default: ort } = await import(pathToFileURL(join(entry, "../ort.wasm.bundle.min.mjs")).href);
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = readFileSync(join(entry, "../ort-wasm-simd-threaded.wasm"));
ort.env.logLevel = "error";
const { version } = JSON.parse(readFileSync(join(entry, "../../package.json"), "utf8"));

const folder = process.argv[2] ?? import.meta.dirname;
const ARRAYS = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array, int64: BigInt64Array };

for (const file of ["ort.json", "torch.json"]) {
  const manifest = JSON.parse(readFileSync(join(folder, file), "utf8"));
  manifest.versions["onnxruntime-web"] = version;
  for (const model of manifest.models) await record(model);
  writeFileSync(join(folder, file), `${JSON.stringify(manifest, null, 1)}\n`);
}

async function record(model) {
  const level = model.refused ? "disabled" : "all";
  const [plain, fused] = [await run(model, level, "0"), await run(model, level, "1")];
  model.outputs.forEach((output, i) => {
    const expected = read(`${model.name}.output${i}.bin`, output.dtype);
    output.web = difference(expected, plain[i], output);
    output.webInt8Allowed = difference(expected, fused[i], output);
    const target = join(folder, `${model.name}.web${i}.bin`);
    rmSync(target, { force: true });
    if (output.webInt8Allowed.count > 0) writeFileSync(target, new Uint8Array(fused[i].buffer));
  });
  console.log(model.name, JSON.stringify(model.outputs.map(({ web, webInt8Allowed }) => [web, webInt8Allowed])));
}

/** By output, the values of all samples. */
async function run(model, graphOptimizationLevel, qdqisint8allowed) {
  const options = { graphOptimizationLevel, extra: { session: { qdqisint8allowed } } };
  const session = await ort.InferenceSession.create(readFileSync(join(folder, `${model.name}.onnx`)), options);
  const inputs = model.inputs.map(({ file, dtype }) => read(file, dtype));
  const rows = model.outputs.map(({ dtype, elements }) => new ARRAYS[dtype](elements));
  for (let sample = 0; sample < model.samples; sample++) {
    const feeds = model.inputs.map(({ name, dtype, shape }, i) => {
      const size = inputs[i].length / model.samples;
      return [name, new ort.Tensor(dtype, inputs[i].slice(sample * size, (sample + 1) * size), shape)];
    });
    const results = await session.run(Object.fromEntries(feeds));
    model.outputs.forEach(({ name }, i) => {
      rows[i].set(results[name].data, (sample * rows[i].length) / model.samples);
    });
  }
  await session.release();
  return rows;
}

function read(file, dtype) {
  const bytes = readFileSync(join(folder, file));
  return new ARRAYS[dtype](bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** As record.py counts. */
function difference(expected, actual, { dtype, step }) {
  let count = 0;
  let gap = 0;
  let largest = 0;
  expected.forEach((value, i) => {
    if (!Object.is(value, actual[i])) count++;
    gap = Math.max(gap, Math.abs(value - actual[i]));
    largest = Math.max(largest, Math.abs(value));
  });
  if (dtype !== "float32") return { count, steps: gap };
  if (step !== undefined) return { count, steps: Math.round(gap / step) };
  return { count, relative: Number((gap / largest).toPrecision(2)) };
}
