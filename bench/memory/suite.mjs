/**
 * What one loaded model holds, inside a process or page that has just begun.
 *
 * params: { runtime, module, model }
 */
import { readCase } from "../lib/cases.mjs";
import { createRuntime } from "../peers/peers/index.mjs";

export async function run({ readBytes, report, params }) {
  const runtime = createRuntime(params.runtime, readBytes, params.module);
  const golden = await readCase(readBytes, params.model);
  const before = await held();
  await runtime.read();
  await runtime.importGlue();
  const instance = await runtime.load(await runtime.readModel(golden));
  golden.inputs.forEach((input, i) => {
    instance.setInput(i, input);
  });
  instance.run();
  const after = await held();
  const grown = Object.fromEntries(Object.entries(after).map(([name, bytes]) => [name, bytes - before[name]]));
  const row = { module: instance.module ?? runtime.module, ...instance.memory(), ...grown };
  report({ case: params.model, ok: true, message: JSON.stringify(row) });
}

/** JavaScript heap after a collection, and the whole process; nothing where the engine does not say. */
async function held() {
  const { getBuiltinModule, memoryUsage } = globalThis.process ?? {};
  if (!getBuiltinModule || globalThis.Bun || globalThis.Deno) return {};
  getBuiltinModule("node:v8").setFlagsFromString("--expose-gc");
  const collect = getBuiltinModule("node:vm").runInNewContext("gc");
  // Twice, and a turn between: what a finished promise held goes with the second.
  collect();
  await new Promise((resolve) => setTimeout(resolve, 20));
  collect();
  const { heapUsed, rss } = memoryUsage();
  return { heap: heapUsed, rss };
}
