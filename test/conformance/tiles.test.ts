import { expect, test } from "vitest";
import { byteLength } from "../../host/plan/lifetimes.js";
import { needsMore } from "../../host/runtime/facets.js";
import { createSession, type Session } from "../../host/runtime/session.js";
import { compileModules } from "../../host/wasm/instantiate.js";
import { type Family, MODULES, type ModuleName } from "../../host/wasm/kernel.js";
import { unavailable } from "../suites/unavailable.js";
import { type Case, Random } from "./case.js";
import { SOURCES } from "./cases/index.js";
import { familiesOf } from "./families.js";
import { compare } from "./run-case.js";

/**
 * A kernel computes the tiles it is asked for and no others, in any order, and whatever its scratch holds: what threads
 * rely on.
 */
const CANARIES = [0xa5, 0x5a] as const;

for (const module of MODULES.filter((name) => unavailable(name) === undefined)) {
  for (const source of SOURCES) {
    test(`${source.name} in pieces, last first (module=${module})`, { timeout: 300_000 }, async () => {
      const random = new Random(7);
      let pieces = 0;
      for (const testCase of source()) {
        for (const family of await familiesOf(testCase.model, module)) {
          const { problem, ranges } = await runInPieces(testCase, module, family, random);
          if (problem) throw new Error(`${testCase.id}: ${problem}`);
          pieces += ranges;
        }
      }
      expect(pieces).toBeGreaterThan(20);
    });
  }
}

async function runInPieces(
  { model, inputs }: Case,
  moduleName: ModuleName,
  family: Family | undefined,
  random: Random,
): Promise<{ ranges: number; problem?: string }> {
  const modules = await compileModules(moduleName, needsMore(model));
  const session = createSession(model, moduleName, modules, { maxBytes: 2 ** 28, keepAll: true, family });
  const { memory, plan, steps } = session;
  const bytes = new Uint8Array(memory.buffer);
  model.inputs.forEach((index, i) => {
    const { buffer, byteOffset, byteLength: size } = inputs[i]!;
    bytes.set(new Uint8Array(buffer, byteOffset, size), plan.tensors[index]!);
  });
  const outputs = model.outputs.map((index) => {
    const start = plan.tensors[index]!;
    return bytes.subarray(start, start + byteLength(model.tensors[index]!));
  });
  const table = new WebAssembly.Table({ initial: 1, element: "anyfunc" });
  const exports: WebAssembly.Exports = {};
  for (const module of modules)
    Object.assign(exports, new WebAssembly.Instance(module, { env: { memory, table } }).exports);
  // The program is 4 words a step, the second one the address of its arguments.
  const program = new Int32Array(memory.buffer, plan.end, steps.length * 4);

  let ranges = 0;
  for (const [i, step] of steps.entries()) {
    const { kernel, tiles } = step;
    const run = exports[kernel] as (args: number, begin: number, end: number) => void;
    const args = program[i * 4 + 1]!;
    const scratch = scratchOf(session, step.node);
    const before = outputs.map((output) => output.slice());
    const pieced = outputs.map((output) => output.slice());
    const writer = outputs.map((output) => new Int32Array(output.length).fill(-1));
    for (let end = tiles; end > 0; ranges++) {
      const begin = Math.max(0, end - random.int(1, 3));
      // A byte that comes out the same whatever was there before has been written.
      const [first, second] = CANARIES.map((canary) => {
        for (const output of [...outputs, scratch]) output.fill(canary);
        run(args, begin, end);
        return outputs.map((output) => output.slice());
      }) as [Uint8Array[], Uint8Array[]];
      for (const [o, output] of first.entries()) {
        for (const [at, value] of output.entries()) {
          if (value !== second[o]![at]) continue;
          if (writer[o]![at]! >= 0)
            return { ranges, problem: `${kernel}: tiles ${begin} and ${writer[o]![at]} write byte ${at}` };
          writer[o]![at] = begin;
          pieced[o]![at] = value;
        }
      }
      end = begin;
    }
    outputs.forEach((output, o) => {
      output.set(before[o]!);
    });
    run(args, 0, tiles);
    const difference = outputs.map((output, o) => compare(pieced[o]!, output)).find((text) => text);
    if (difference) return { ranges, problem: `${kernel} ${difference}` };
  }
  return { ranges };
}

function scratchOf({ model, plan, memory }: Session, node: number): Uint8Array {
  const start = plan.scratch[node]!;
  const name = `scratch of ${model.nodes[node]!.name}`;
  const buffer = plan.arena.buffers.find((other) => other.name === name && plan.arena.start + other.offset === start);
  return new Uint8Array(memory.buffer, start, buffer?.bytes ?? 0);
}
