/**
 * What LiteRT.js computes on ../shared/data/imagenet-100.bin with tf2_mobilenet_v2_1.0_224_ptq: one line per picture, the
 * SHA-256 of the output bytes and the class with the largest output. Writes test/golden/imagenet-100.litert.json, which
 * test/golden/accuracy.test.ts compares qbin with; made once, with @litertjs/core 2.5.3.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRuntime } from "./peers/index.mjs";

const root = new URL("../../", import.meta.url);
const shared = new URL("../shared/", root);
const runtime = createRuntime("litert", async (path) => readFileSync(new URL(path.replace(/^repo\//, ""), root)));
await runtime.read();
await runtime.importGlue();
const model = await runtime.load(readFileSync(new URL("models/tf2_mobilenet_v2_1.0_224_ptq.tflite", shared)));
const data = readFileSync(new URL("data/imagenet-100.bin", shared));
const size = 2 + 224 * 224 * 3;
const pictures = [];
for (let at = 0; at < data.length; at += size) {
  model.setInput(0, data.subarray(at + 2, at + size));
  model.run();
  const output = model.output(0);
  const sha256 = createHash("sha256").update(output).digest("hex");
  pictures.push({ prediction: output.indexOf(Math.max(...output)), sha256 });
}
const lines = pictures.map((picture) => JSON.stringify(picture)).join(",\n");
writeFileSync(new URL("test/golden/imagenet-100.litert.json", root), `[\n${lines}\n]\n`);
const labels = pictures.filter(({ prediction }, i) => prediction - 1 === data.readUInt16LE(i * size)).length;
console.log(`${pictures.length} pictures, ${labels} right`);
