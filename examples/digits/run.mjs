/** Reads one handwritten digit and says what it sees, what it took, and how often the model is right. */
import { readFileSync } from "node:fs";
import { load } from "qbin";

const here = new URL("./", import.meta.url);
const PIXELS = 64;

const model = await load(new URL("digits.qbin", here));
model.input().data.set(new Int8Array(readFileSync(new URL("input.bin", here))));
model.run();

console.log(`\n${picture(model.input())}\n`);
console.log(`${topClasses(model.output(), 3)}\n`);
console.log(facts());

/** Two character cells a pixel: they are about twice as high as wide. */
function picture({ data, shape, quantization }) {
  const [, height, width] = shape;
  const shades = " ░▒▓█";
  const lines = Array.from({ length: height }, (_, y) => {
    const row = [...data.subarray(y * width, (y + 1) * width)];
    const ink = row.map((q) => quantization.scale[0] * (q - quantization.zeroPoint));
    return ink
      .map((value) => shades[Math.min(Math.floor(value * shades.length), shades.length - 1)].repeat(2))
      .join("");
  });
  return lines.map((line) => `    ${line.trimEnd()}`).join("\n");
}

function topClasses({ data, quantization }, count) {
  const scores = [...data].map((q, i) => ({
    label: model.labels[i],
    p: quantization.scale[0] * (q - quantization.zeroPoint),
  }));
  scores.sort((a, b) => b.p - a.p);
  const bar = (p) => "━".repeat(Math.round(p * 30));
  return scores
    .slice(0, count)
    .map(({ label, p }) => `    ${label}  ${(100 * p).toFixed(1).padStart(5)} %  ${bar(p)}`.trimEnd())
    .join("\n");
}

function facts() {
  const { module, reason, wasmBytes, memory, macs } = model.info;
  const stated = JSON.parse(readFileSync(new URL("accuracy.json", here), "utf8"));
  const { correct, images } = countCorrect();
  const percent = (part) => `${((100 * part) / images).toFixed(2)} %`;
  const bytes = (count) => `${count.toLocaleString("en")} bytes`;
  const rows = [
    ["time", `${microseconds().toFixed(1)} µs per inference, ${macs.toLocaleString("en")} multiply-accumulates`],
    ["module", `${module}, ${bytes(wasmBytes)} of Wasm: ${reason}`],
    ["memory", `arena ${bytes(memory.arena)}, weights ${bytes(memory.weights)}`],
    ["right", `${correct} of ${images} test images (${percent(correct)}); in float32 ${percent(stated.correct.float)}`],
  ];
  return rows.map(([name, text]) => `    ${name.padEnd(8)}${text}`).join("\n");
}

/** Median of windows of 100 runs. */
function microseconds() {
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    for (let i = 0; i < 100; i++) model.run();
    return ((performance.now() - start) / 100) * 1000;
  });
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Every test image is a label byte and 64 pixels; `predict` quantizes them as the model's preprocessing says. */
function countCorrect() {
  const bytes = new Uint8Array(readFileSync(new URL("test.bin", here)));
  const images = bytes.length / (PIXELS + 1);
  let correct = 0;
  for (let at = 0; at < bytes.length; at += PIXELS + 1) {
    const { scores } = model.predict({ image: bytes.subarray(at + 1, at + 1 + PIXELS) });
    if (scores.indexOf(Math.max(...scores)) === bytes[at]) correct++;
  }
  return { correct, images };
}
