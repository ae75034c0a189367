import { viewOf } from "../../host/core/dtype.js";
import { elementCount } from "../../host/core/shape.js";
import { runReference } from "../../host/reference/index.js";
import { needsMore } from "../../host/runtime/facets.js";
import { createSession, type Session, STEP_BYTES } from "../../host/runtime/session.js";
import { createTeamSession } from "../../host/runtime/threads/index.js";
import { compileShared } from "../../host/wasm/compile-shared.js";
import { compileModule, compileModules, type Kernel } from "../../host/wasm/instantiate.js";
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
  const ways = {
    "run 1": session.execute,
    "run 2": session.execute,
    "in pieces, the last first": executeInPieces(session),
  };
  for (const [way, execute] of Object.entries(ways)) {
    model.inputs.forEach((index, i) => {
      const input = inputs[i]!;
      bytes.set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength), plan.tensors[index]!);
    });
    execute(0, session.steps.length);
    for (const [index, tensor] of model.tensors.entries()) {
      if (tensor.data) continue;
      const actual = viewOf(tensor.dtype, memory.buffer, plan.tensors[index]!, elementCount(tensor.shape));
      const difference = compare(actual, expected[index]!);
      if (difference) return `${way}: "${tensor.name}" ${difference}`;
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

/**
 * Every step a few tiles at a time, from the last to the first: what a tile writes outside itself spoils one that is
 * done. Pieces of 1, 2, 3 … tiles, so that they begin anywhere; each finds its scratch spoilt, as on another thread.
 */
function executeInPieces(session: Session): Session["execute"] {
  const { instance, steps, plan } = session;
  const bytes = new Uint8Array(instance.memory.buffer);
  return (first, last) => {
    for (let i = first; i < last; i++) {
      const [kernel, args] = new Uint32Array(instance.memory.buffer, plan.end + i * STEP_BYTES, 2);
      const compute = instance.table.get(kernel!) as Kernel;
      const scratch = scratchOf(session, steps[i]!.node);
      let end = steps[i]!.tiles;
      for (let size = 1; end > 0; size++) {
        const begin = Math.max(0, end - size);
        bytes.fill(CANARY, scratch.start, scratch.end);
        compute(args!, begin, end);
        end = begin;
      }
    }
  };
}

function scratchOf({ model, plan }: Session, node: number): { start: number; end: number } {
  const { arena, scratch } = plan;
  const name = `scratch of ${model.nodes[node]!.name}`;
  const buffer = arena.buffers.find((other) => other.name === name && arena.start + other.offset === scratch[node]);
  return { start: scratch[node]!, end: scratch[node]! + (buffer?.bytes ?? 0) };
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
