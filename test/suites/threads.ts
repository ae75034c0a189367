import { elementsOf } from "../../host/core/dtype.js";
import { readQbin } from "../../host/format/read.js";
import { writeQbin } from "../../host/format/write.js";
import { importTflite } from "../../host/import/index.js";
import { loadFacets, needsMore } from "../../host/runtime/facets.js";
import { load } from "../../host/runtime/load.js";
import { Model } from "../../host/runtime/model.js";
import { createTeamSession } from "../../host/runtime/threads/index.js";
import { compileShared } from "../../host/wasm/compile-shared.js";
import { compileModules } from "../../host/wasm/instantiate.js";
import type { ModuleName } from "../../host/wasm/kernel.js";
import { sharedMemoryProblem } from "../../host/wasm/shared-memory.js";
import { SOURCES } from "../conformance/cases/index.js";
import { compare, runCase } from "../conformance/run-case.js";
import type { SuiteContext } from "./context.js";
import { type GoldenModel, goldenModels } from "./golden.js";
import { unavailable } from "./unavailable.js";

/**
 * The same bits on 2 and 3 threads as on one, on whatever engine imports this: some cases of every kernel family, split as
 * far as they go, and whole models. Every case starts its own workers, so not all of the thousands are run here;
 * `--param every=1` does that. (test/conformance/tiles.test.ts has every case in pieces, on one thread.)
 */
const EVERY = 60;
const COUNTS = [2, 3];
const RUNS = 2;

export async function run(context: SuiteContext): Promise<void> {
  const { module, params, report } = context;
  const skip = unavailable(module) ?? sharedMemoryProblem();
  const attempt = async (name: string, work: () => Promise<string | undefined>) => {
    if (skip) return report({ case: name, skip });
    const message = await work().catch((error) => `threw ${error}`);
    report({ case: name, ok: message === undefined, message });
  };
  const every = Number(params?.["every"] ?? EVERY);
  for (const source of SOURCES) {
    let i = 0;
    for (const testCase of source()) {
      if (i++ % every !== 0) continue;
      const threads = COUNTS[i % COUNTS.length]!;
      await attempt(`${testCase.id}, ${threads} threads`, () => runCase(testCase, module, threads));
    }
  }
  for (const [name, golden] of await goldenModels(context)) {
    for (const threads of COUNTS)
      await attempt(`${name}, ${threads} threads`, () => runModel(context, name, golden, threads));
  }
}

/** Every output of every run beside that of one thread, which the golden suite compares with other runtimes. */
async function runModel({ module, readBytes }: SuiteContext, name: string, golden: GoldenModel, threads: number) {
  const qbin = writeQbin(importTflite(await readBytes(`shared/models/${golden.file}`), { name }));
  const inputs = golden.cases["u1"]!.inputs.map(({ file }) => readBytes(`shared/golden/${name}/${file}`));
  const models = [await load(qbin, { module }), await load(qbin, { module, threads })];
  try {
    models.push(await forced(qbin, module, threads));
    const [single, ...others] = models as [Model, Model, Model];
    for (const [i, input] of (await Promise.all(inputs)).entries()) {
      for (const model of models) model.input(i).data.set(elementsOf(model.input(i).dtype, input) as never);
    }
    single.run();
    for (let i = 0; i < RUNS; i++) {
      for (const model of others) {
        model.run();
        for (const o of single.outputs.keys()) {
          const difference = compare(model.output(o).data, single.output(o).data);
          if (difference) return `run ${i + 1}, output ${o} ${difference}`;
        }
      }
    }
    return undefined;
  } finally {
    for (const model of models) model.dispose();
  }
}

/** `load` leaves small models, and small steps of large ones, to one thread; here nothing is. */
async function forced(qbin: Uint8Array, module: ModuleName, threads: number): Promise<Model> {
  const data = readQbin(qbin);
  await loadFacets(data);
  const modules = await compileModules(module, needsMore(data), compileShared);
  const options = { maxBytes: 2 ** 28 };
  const session = await createTeamSession(data, module, modules, options, threads, { isForced: true });
  if (session.threading?.threads !== threads) throw new Error(`one thread: ${session.threading?.threadsReason}`);
  return new Model(session, { name: module, reason: "asked for", family: undefined });
}
