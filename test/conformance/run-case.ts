import { viewOf } from "../../host/core/dtype.js";
import { elementCount } from "../../host/core/shape.js";
import { runReference } from "../../host/reference/index.js";
import { needsMore } from "../../host/runtime/facets.js";
import { createSession, type Session } from "../../host/runtime/session.js";
import { createTeamSession } from "../../host/runtime/threads/index.js";
import { compileShared } from "../../host/wasm/compile-shared.js";
import { compileModule, compileModules } from "../../host/wasm/instantiate.js";
import type { Family, ModuleName } from "../../host/wasm/kernel.js";
import type { Case } from "./case.js";
import { familiesOf } from "./families.js";

/** Untouched bytes between buffers, and what they hold. */
const GAP = 64;
const CANARY = 0xa5;
const MAX_BYTES = 2 ** 28;

/** Runs one case on a module with every family of kernels that it can. Returns what went wrong, or undefined. */
export async function runCase(testCase: Case, module: ModuleName, threads = 1): Promise<string | undefined> {
  for (const family of await familiesOf(testCase.model, module)) {
    const problem = await runWith(testCase, module, family, threads);
    if (problem) return `${family ? `family ${family}, ` : ""}${problem}`;
  }
  return undefined;
}

/**
 * Runs one case and compares every tensor with the reference, bit for bit. Buffers stand apart with
 * canaries between them, and the run is repeated, so writes outside a tensor and state between runs show.
 * Returns what went wrong, or undefined.
 */
async function runWith(
  testCase: Case,
  moduleName: ModuleName,
  family: Family | undefined,
  threads: number,
): Promise<string | undefined> {
  const { model } = testCase;
  const modules = await compileModules(moduleName, needsMore(model), threads > 1 ? compileShared : compileModule);
  const options = { maxBytes: MAX_BYTES, keepAll: true, gap: GAP, family };
  const session =
    threads > 1
      ? await createTeamSession(model, moduleName, modules, options, threads, { isForced: true })
      : createSession(model, moduleName, modules, options);
  try {
    const { threading = { threads: 1, threadsReason: "" } } = session;
    if (threading.threads !== threads) return `runs on ${threading.threads} threads: ${threading.threadsReason}`;
    return runTwice(testCase, session);
  } finally {
    session.dispose?.();
  }
}

function runTwice({ model, inputs }: Case, session: Session): string | undefined {
  const expected = runReference(model, inputs);
  const { plan, memory } = session;
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(CANARY, plan.arena.start, plan.arena.start + plan.arena.bytes);
  for (let run = 0; run < 2; run++) {
    model.inputs.forEach((index, i) => {
      const input = inputs[i]!;
      bytes.set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength), plan.tensors[index]!);
    });
    session.execute(0, session.steps.length);
    for (const [index, tensor] of model.tensors.entries()) {
      if (tensor.data) continue;
      const actual = viewOf(tensor.dtype, memory.buffer, plan.tensors[index]!, elementCount(tensor.shape));
      const difference = compare(actual, expected[index]!);
      if (difference) return `run ${run + 1}: "${tensor.name}" ${difference}`;
    }
  }
  const covered = [...plan.arena.buffers].filter(({ bytes: size }) => size > 0).sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const buffer of covered) {
    const touched = bytes
      .subarray(plan.arena.start + end, plan.arena.start + buffer.offset)
      .findIndex((b) => b !== CANARY);
    if (touched >= 0) return `byte ${end + touched - buffer.offset} before "${buffer.name}" was overwritten`;
    end = buffer.offset + buffer.bytes;
  }
  const behind = bytes
    .subarray(plan.arena.start + end, plan.arena.start + plan.arena.bytes)
    .findIndex((b) => b !== CANARY);
  return behind >= 0 ? `byte ${behind} behind the last buffer was overwritten` : undefined;
}

/** First difference and the number of them, comparing bits: NaN equals NaN, 0 differs from −0. */
export function compare(actual: ArrayLike<number | bigint>, expected: ArrayLike<number | bigint>): string | undefined {
  if (actual.length !== expected.length) return `has ${actual.length} elements, expected ${expected.length}`;
  let first = -1;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    if (first < 0) first = i;
    count++;
  }
  if (first < 0) return undefined;
  return `differs in ${count} of ${actual.length}; element ${first} is ${actual[first]}, reference ${expected[first]}`;
}
