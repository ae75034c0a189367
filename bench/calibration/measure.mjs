/** One calibration in a fresh process, so that its peak of memory is its own. Prints one line of JSON. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/project.mjs";
import { dequantized } from "./float-model.mjs";

const [name, text] = process.argv.slice(2);
const count = Number(text);
const toolchain = await import(join(root, "dist/toolchain.js"));
const { openDataset } = await import(join(root, "dist/node.js"));
const model = toolchain.importTflite(readFileSync(join(root, `../shared/models/${name}.tflite`)), { name });
const pixels = { mean: [127.5], scale: [1 / 127.5], channelOrder: "rgb", layout: "nhwc" };
const float = { ...dequantized(model, toolchain), preprocessing: [pixels] };
const inputs = float.inputs.map((index) => float.tensors[index]);
const file = join(root, "../shared/data/imagenet-100.bin");
const dataset = await openDataset(file, { inputs, record: "label:u16,image:u8" });

/** The 100 pictures over and over, each read from disk again. */
async function* samples() {
  for (let left = count; left > 0; ) {
    for await (const sample of dataset.samples()) {
      if (left-- === 0) return;
      yield sample;
    }
  }
}

const started = performance.now();
const calibration = await toolchain.calibrate(float, samples());
const calibrated = performance.now();
const { graph } = await toolchain.quantize(float, { calibration, calibrator: "entropy" });
const seconds = (from, to) => Number(((to - from) / 1000).toFixed(2));
const { maxRSS } = process.resourceUsage();
// What the machine does besides shows in the time on the clock, and not in this.
const processor = Number((process.cpuUsage().user / 1e6).toFixed(2));
console.log(
  JSON.stringify({
    samples: calibration.samples,
    calibrate: seconds(started, calibrated),
    quantize: seconds(calibrated, performance.now()),
    processor,
    peakMiB: Math.round(maxRSS / 1024),
    bytes: toolchain.writeQbin(graph).length,
  }),
);
