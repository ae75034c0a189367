/**
 * One cold start, for cold.mjs: node cold-child.mjs <runtime> <qbin module> <model> <file>. Prints one JSON object.
 */
import { readFileSync } from "node:fs";
import { compareOutputs } from "./lib/answer.mjs";
import { readCase } from "./lib/cases.mjs";
import { oneLine } from "./lib/options.mjs";
import { createRuntime } from "./peers/index.mjs";

const [name, module, model, file] = process.argv.slice(2);
try {
  const runtime = createRuntime(name, { module });
  const golden = readCase(model);
  const bytes = new Uint8Array(readFileSync(file));
  await runtime.read();

  const start = performance.now();
  await runtime.importGlue();
  const imported = performance.now();
  const instance = await runtime.load(bytes);
  const loaded = performance.now();
  golden.inputs.forEach((input, i) => {
    instance.setInput(i, input);
  });
  instance.run();
  const outputs = golden.expected.map((_, i) => instance.output(i));
  const done = performance.now();

  const { ok, text } = compareOutputs(outputs, golden);
  const times = { importMs: imported - start, loadMs: loaded - imported, runMs: done - loaded };
  console.log(JSON.stringify({ module: runtime.module, ok, answer: text, ...times }));
} catch (error) {
  console.error(oneLine(error));
  process.exitCode = 1;
}
