import { expect, test } from "vitest";
import { byteLength } from "../../host/plan/lifetimes.js";
import { createSession } from "../../host/runtime/session.js";
import { compileModule } from "../../host/wasm/instantiate.js";
import { MODULES, type ModuleName } from "../../host/wasm/kernel.js";
import { type Case, type CaseSource, Random } from "./case.js";
import { convCases } from "./cases/conv.js";
import { elementwiseCases } from "./cases/elementwise.js";
import { lookupCases } from "./cases/lookup.js";
import { moves } from "./cases/move.js";
import { pools } from "./cases/pool.js";
import { quantizeCases } from "./cases/quantize.js";
import { reductions } from "./cases/reduce.js";
import { resizes } from "./cases/resize.js";
import { softmaxCases } from "./cases/softmax.js";
import { compare } from "./run-case.js";

/** A kernel computes the tiles it is asked for and no others, in any order: what threads will rely on. */
const SOURCES: Readonly<Record<string, CaseSource>> = {
  convCases,
  elementwiseCases,
  lookupCases,
  moves,
  pools,
  quantizeCases,
  reductions,
  resizes,
  softmaxCases,
};

const CANARY = 0xa5;

for (const module of MODULES) {
  for (const [name, source] of Object.entries(SOURCES)) {
    test(`${name} in pieces, last first (module=${module})`, async () => {
      const random = new Random(7);
      let pieces = 0;
      for (const testCase of source()) {
        const { whole, split, ranges } = await runBoth(testCase, module, random);
        const difference = compare(split, whole);
        if (difference) throw new Error(`${testCase.id}: ${difference}`);
        pieces += ranges;
      }
      expect(pieces).toBeGreaterThan(20);
    });
  }
}

async function runBoth({ model, inputs }: Case, moduleName: ModuleName, random: Random) {
  const module = await compileModule(moduleName);
  const session = createSession(model, moduleName, module, { maxBytes: 2 ** 28, keepAll: true });
  const { memory, plan, steps } = session;
  const bytes = new Uint8Array(memory.buffer);
  const arena = bytes.subarray(plan.arena.start, plan.arena.start + plan.arena.bytes);
  const results = () =>
    model.outputs.flatMap((index) => {
      const start = plan.tensors[index]!;
      return [...bytes.subarray(start, start + byteLength(model.tensors[index]!))];
    });
  const prepareArena = () => {
    arena.fill(CANARY);
    model.inputs.forEach((index, i) => {
      const { buffer, byteOffset, byteLength } = inputs[i]!;
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), plan.tensors[index]!);
    });
  };
  prepareArena();
  session.execute(0, steps.length);
  const whole = results();

  prepareArena();
  const table = new WebAssembly.Table({ initial: 1, element: "anyfunc" });
  const { exports } = new WebAssembly.Instance(module, { env: { memory, table } });
  // The program is 4 words a step, the second one the address of its arguments.
  const program = new Int32Array(memory.buffer, plan.end, steps.length * 4);
  let ranges = 0;
  steps.forEach(({ kernel, tiles }, i) => {
    const run = exports[kernel] as (args: number, begin: number, end: number) => void;
    for (let end = tiles; end > 0; ranges++) {
      const begin = Math.max(0, end - random.int(1, 3));
      run(program[i * 4 + 1]!, begin, end);
      end = begin;
    }
  });
  return { whole, split: results(), ranges };
}
