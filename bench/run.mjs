/** `npm run bench -- NAME [arguments]`: one place to start every bench from. */
import { ensureBuilt, ensureInstalled, run } from "../scripts/project.mjs";

const BENCHES = {
  peers: "time per inference beside LiteRT.js, tfjs-tflite, onnxruntime-web and tfjs-wasm, interleaved",
  kernels: "every kernel variant on the shapes of real models, as a fraction of this machine's peak",
  models: "time of every model on every module; --profile shows every step",
  scaling: "time against multiply count and threads",
  cold: "bytes in memory to first result, in fresh processes",
  memory: "linear memory, weights, arena, heap",
  calibration: "time and peak memory of calibrating a float MobileNetV2, by number of samples",
  accuracy: "right answers of every way to quantize; --save writes the tables of docs/accuracy.md",
  arm: "executed ARM64 instructions per multiply, under QEMU",
  size: "bytes of every entry and module",
  chart: "docs/benchmarks.svg from bench/results",
};

const [name, ...args] = process.argv.slice(2);
const usage = `npm run bench -- NAME [arguments]\n${Object.entries(BENCHES)
  .map(([bench, what]) => `  ${bench.padEnd(12)}${what}`)
  .join("\n")}`;

if (name === undefined || name === "--help") {
  console.log(usage);
} else if (!Object.hasOwn(BENCHES, name)) {
  console.error(`there is no bench "${name}"\n${usage}`);
  process.exitCode = 1;
} else {
  ensureInstalled();
  ensureBuilt();
  run(`bench/${name}/run.mjs`, ...args);
}
