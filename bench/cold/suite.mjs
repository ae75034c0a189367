/**
 * One cold start, inside a process or page that has just begun.
 *
 * params: { runtime, module, model }
 */
import { compareOutputs } from "../lib/answer.mjs";
import { readCase } from "../lib/cases.mjs";
import { createRuntime } from "../peers/peers/index.mjs";

export async function run({ readBytes, report, params }) {
  const runtime = createRuntime(params.runtime, readBytes, params.module);
  const golden = await readCase(readBytes, params.model);
  const bytes = await runtime.readModel(golden);
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

  const { ok, text } = compareOutputs(outputs, golden, runtime.steps);
  const times = { importMs: imported - start, loadMs: loaded - imported, runMs: done - loaded };
  const row = { module: instance.module ?? runtime.module, ok, answer: text, ...times };
  report({ case: params.model, ok: true, message: JSON.stringify(row) });
}
