import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { EnvironmentError, QbinError } from "../../host/core/errors.js";
import type { ModelData, Node, Tensor } from "../../host/core/model.js";
import { workOf } from "../../host/core/op.js";
import { readQbin } from "../../host/format/read.js";
import { writeQbin } from "../../host/format/write.js";
import { findOp, OPS } from "../../host/ops/index.js";
import { needsMore } from "../../host/runtime/facets.js";
import { load } from "../../host/runtime/load.js";
import { compileModules } from "../../host/wasm/instantiate.js";
import type { ModuleName } from "../../host/wasm/kernel.js";
import { familiesOf } from "../conformance/families.js";
import { mutate, randomOf } from "../format/mutate.js";
import { mutant, mutateAll } from "../import/mutate.js";
import { attempt } from "../import/tflite/attempt.js";
import { ownModels } from "../import/tflite/model-files.js";
import { unavailable } from "../suites/unavailable.js";
import { type Machine, plan, runContained } from "./hostile/contained.js";
import { digitsSeed, graphSeeds, kernelSeeds, type Seed } from "./hostile/seeds.js";

/**
 * Files that somebody else wrote: each is refused in one line, or it loads and runs without leaving its memory, with
 * the reference's results. What reading has accepted, only want of memory may refuse; a trap is a failure like any
 * other error. QBIN_HOSTILE=20 tries twenty times as many.
 */
const TIMES = Number(process.env["QBIN_HOSTILE"] ?? 1);
const QBIN_MUTANTS = 24_000 * TIMES;
const TFLITE_MUTANTS = 20_000 * TIMES;

/** Models of more work are planned, not run. */
const MOST_WORK = 2e7;
/** Milliseconds for any file, on a slow and busy machine. */
const LONGEST = 10_000;

/** Modules beside `simd`, which runs every model. */
const OTHERS: readonly ModuleName[] = ["scalar", "relaxed-us", "relaxed-ss"];

function work({ nodes, tensors }: ModelData): number {
  const at = (index: number) => tensors[index]!;
  return nodes.reduce((sum, { op, inputs, outputs, attributes }) => {
    return sum + workOf(findOp(op)!, inputs.map(at), attributes, outputs.map(at));
  }, 0);
}

/** How many mutants came how far. */
class Tally {
  readonly counts = { refused: 0, tooLarge: 0, planned: 0, ran: 0 };
  slowest = 0;
  readonly ops = new Set<string>();

  /** `read` refuses or gives a model; that is run with every family of `simd` and with one other module at times. */
  async run(read: () => ModelData, seed: number): Promise<void> {
    const start = performance.now();
    const model = await this.#unlessRefused(read, QbinError, "refused");
    if (model) await this.#unlessRefused(() => this.#runModel(model, seed), EnvironmentError, "tooLarge");
    this.slowest = Math.max(this.slowest, performance.now() - start);
  }

  print(): void {
    if (TIMES > 1) console.log(JSON.stringify({ ...this.counts, slowest: Math.round(this.slowest) }));
  }

  async #runModel(model: ModelData, seed: number): Promise<void> {
    const machines = await machinesFor(model, seed);
    const cost = work(model);
    if (cost > MOST_WORK) {
      this.counts.planned++;
      plan(model, machines);
      return;
    }
    runContained(model, machines, cost, randomOf(seed));
    this.counts.ran++;
    for (const { op } of model.nodes) this.ops.add(op);
  }

  async #unlessRefused<T>(act: () => T, refusal: typeof QbinError, kind: "refused" | "tooLarge") {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof refusal)) throw error;
      expect(error.message).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u);
      this.counts[kind]++;
      return undefined;
    }
  }
}

async function machinesFor(model: ModelData, seed: number): Promise<Machine[]> {
  const families = await familiesOf(model, "simd");
  const simd = await compileModules("simd", needsMore(model));
  const machines: Machine[] = families.map((family) => ({ name: "simd", modules: simd, family }));
  const other = OTHERS[seed % 12 === 4 ? 1 : seed % 12 === 8 ? 2 : 0]!;
  if (seed % 4 === 0 && !unavailable(other)) {
    machines.push({ name: other, modules: await compileModules(other, needsMore(model)) });
  }
  return machines;
}

describe("mutated .qbin files", () => {
  let seeds: Seed[];
  beforeAll(async () => {
    seeds = [...(await kernelSeeds()), ...graphSeeds(), digitsSeed()];
  });

  test("between them the valid ones have every op", () => {
    const models = seeds.map(({ bytes }) => readQbin(bytes));
    expect(new Set(models.flatMap(({ nodes }) => nodes.map(({ op }) => op)))).toEqual(new Set(Object.keys(OPS)));
  });

  test(`${QBIN_MUTANTS} mutants are refused or stay in their memory`, { timeout: 300_000 }, async () => {
    const tally = new Tally();
    for (let seed = 0; seed < QBIN_MUTANTS; seed++) {
      const { name, bytes } = seeds[seed % seeds.length]!;
      const mutated = mutate(bytes, seed);
      try {
        await tally.run(() => readQbin(mutated.bytes), seed);
      } catch (cause) {
        throw new Error(`mutate(${name}, ${seed}), ${mutated.name}: ${(cause as Error).message}`, { cause });
      }
    }
    expect(tally.counts.ran).toBeGreaterThan(QBIN_MUTANTS / 5);
    expect(tally.counts.refused).toBeGreaterThan(QBIN_MUTANTS / 3);
    expect(tally.ops).toEqual(new Set(Object.keys(OPS)));
    expect(tally.slowest).toBeLessThan(LONGEST);
    tally.print();
  });

  test("load refuses the same ones, with an error that has a code", async () => {
    for (let seed = 0; seed < 1000; seed++) {
      const { bytes } = mutate(seeds[seed % seeds.length]!.bytes, seed);
      const result = await load(bytes, { maxMemory: 2 ** 24 }).catch((error: unknown) => error);
      if (result instanceof Error) {
        expect(result, `seed ${seed}`).toBeInstanceOf(QbinError);
        expect((result as QbinError).code).toMatch(/^[a-z-]+$/);
      } else {
        expect(() => readQbin(bytes)).not.toThrow();
        (result as Awaited<ReturnType<typeof load>>).dispose();
      }
    }
  });
});

/** A file of 2 MB may hold this many nodes, and whatever compares each with each shows. */
const MANY = 15_000;

test.each([
  ["in a chain", (i: number) => i],
  ["that all read the input", () => 0],
])(`${MANY} nodes %s load and are described in bounded time`, async (_name, source) => {
  const tensors = Array.from(
    { length: MANY + 1 },
    (_, i): Tensor => ({ name: `${i}`, dtype: "float32", shape: [2, 2] }),
  );
  const nodes = Array.from({ length: MANY }, (_, i): Node => {
    const attributes = { permutation: [1, 0] };
    return { op: "transpose", name: "", inputs: [source(i)], outputs: [i + 1], attributes, numerics: "xnnpack" };
  });
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const outputs = tensors.flatMap((_, i) => (read.has(i) ? [] : [i]));
  const named = { name: "many", description: "", numerics: "xnnpack", labels: [], preprocessing: [undefined] } as const;
  const start = performance.now();
  const model = await load(writeQbin({ ...named, tensors, nodes, inputs: [0], outputs }));
  model.run();
  expect(model.info.nodes).toHaveLength(MANY);
  // On a quiet machine about 2 s; comparing each with each takes more than 40.
  expect(performance.now() - start).toBeLessThan(25_000);
});

describe.skipIf(ownModels().skipped)("mutated .tflite files", () => {
  const { names, read } = ownModels();

  test(`${TFLITE_MUTANTS} mutants are refused or stay in their memory`, { timeout: 300_000 }, async () => {
    const tally = new Tally();
    const edits = fc.sample(mutant, { numRuns: TFLITE_MUTANTS, seed: 77 });
    for (const [seed, mutations] of edits.entries()) {
      const name = names[seed % names.length]!;
      try {
        const file = mutateAll(read(name), mutations);
        let model: ModelData | undefined;
        const imported = attempt(file, (graph) => {
          model = readQbin(writeQbin(graph));
        });
        if (imported === "imported") await tally.run(() => model!, seed);
        else tally.counts.refused++;
      } catch (cause) {
        throw new Error(`${name}, edits ${seed}: ${(cause as Error).message}`, { cause });
      }
    }
    expect(tally.counts.ran).toBeGreaterThan(TFLITE_MUTANTS / 10);
    expect(tally.counts.refused).toBeGreaterThan(TFLITE_MUTANTS / 10);
    expect(tally.slowest).toBeLessThan(LONGEST);
    tally.print();
  });
});
