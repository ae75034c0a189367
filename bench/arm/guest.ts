/**
 * What runs under QEMU: one case in a process, with one WebAssembly memory, because the emulator keeps a record of every
 * page that an engine reserves. Its first argument is the case's name. The bytes must be the reference's.
 */
import { fsyncSync } from "node:fs";
import { viewOf } from "../../host/core/dtype.js";
import { elementCount } from "../../host/core/shape.js";
import { runReference } from "../../host/reference/index.js";
import { loadFacets } from "../../host/runtime/facets.js";
import { createSession } from "../../host/runtime/session.js";
import { compileModule } from "../../host/wasm/instantiate.js";
import { compare } from "../../test/conformance/run-case.js";
import { build, CASES } from "./cases.js";

/** See count.c: a descriptor that nobody has open. */
const MARK = 0x71620000;
const ROUNDS = 25;

const arm = CASES.find(({ name }) => name === process.argv[2])!;
const { model, input, macs } = build(arm);
await loadFacets(model);
const module = await compileModule(arm.module);
const session = createSession(model, arm.module, [module], { maxBytes: 2 ** 24, family: arm.family });
const bytes = new Uint8Array(session.memory.buffer);
bytes.set(new Uint8Array(input.buffer), session.plan.tensors[model.inputs[0]!]!);

// Windows of one step and of all: their difference is free of what surrounds the kernels.
for (let round = 0; round < ROUNDS; round++) {
  [1, session.steps.length].forEach((end, k) => {
    mark(2 * k);
    session.execute(0, end);
    mark(2 * k + 1);
  });
}

function mark(k: number): void {
  try {
    fsyncSync(MARK + k);
  } catch {
    // The kernel refuses the descriptor; the emulator has seen it.
  }
}

const output = model.outputs.at(-1)!;
const tensor = model.tensors[output]!;
const actual = viewOf(tensor.dtype, session.memory.buffer, session.plan.tensors[output]!, elementCount(tensor.shape));
const difference = compare(actual, runReference(model, [input])[output]!);
console.log(JSON.stringify({ kernel: session.steps[0]!.kernel, macs, runs: session.steps.length - 1, difference }));
