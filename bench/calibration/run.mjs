/** `npm run bench -- calibration`: time and peak memory of calibrating MobileNetV2 1.0 224 in float32, by number of samples. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const MODEL = "tf2_mobilenet_v2_1.0_224_ptq";
const counts = process.argv.slice(2).map(Number);
console.log(`${MODEL}, weights dequantized to float32; a process each`);
for (const count of counts.length > 0 ? counts : [10, 100, 1000]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "measure.mjs"), MODEL, `${count}`],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
  const { samples, calibrate, quantize, processor, peakMiB } = JSON.parse(stdout);
  console.log(
    `${`${samples}`.padStart(5)} samples: calibrated in ${calibrate} s, quantized in ${quantize} s (${processor} s of processor time in all), at most ${peakMiB} MiB`,
  );
}
