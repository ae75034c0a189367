/** `npm run bench -- calibration`: time and peak memory of calibrating MobileNetV2 1.0 224 in float32, by number of samples. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../../scripts/project.mjs";
import { describeFacts, machineFacts } from "../lib/report.mjs";
import { drawMemory } from "./chart.mjs";

const MODEL = "tf2_mobilenet_v2_1.0_224_ptq";
const CHART = "docs/calibration.svg";
const USAGE = `npm run bench -- calibration [COUNT …] [options]
  COUNT          numbers of samples (10 100 1000)
  --save         draws ${CHART}`;

const { values, positionals } = parseArgs({
  options: { save: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  allowPositionals: true,
});
if (values.help) console.log(USAGE);
else main(positionals.length > 0 ? positionals.map(Number) : [10, 100, 1000]);

function main(counts) {
  const wrong = counts.findIndex((count) => !(Number.isInteger(count) && count >= 1));
  if (wrong >= 0) {
    console.error(`calibration: "${positionals[wrong]}" is no number of samples\n${USAGE}`);
    process.exitCode = 1;
    return;
  }
  const facts = describeFacts(machineFacts(`Node ${process.versions.node}`));
  console.log(`${MODEL}, weights dequantized to float32; a process each; ${facts}`);
  const rows = counts.map(measure);
  if (!values.save) return;
  writeFileSync(join(root, CHART), drawMemory({ rows, facts }));
  console.log(`wrote ${CHART}`);
}

function measure(count) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "measure.mjs"), MODEL, `${count}`],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  const row = JSON.parse(stdout);
  const { samples, calibrate, quantize, processor, peakMiB } = row;
  console.log(
    `${`${samples}`.padStart(5)} samples: calibrated in ${calibrate} s, quantized in ${quantize} s (${processor} s of processor time in all), at most ${peakMiB} MiB`,
  );
  return row;
}
