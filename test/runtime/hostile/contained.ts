import { ELEMENT_BYTES, type TypedData, viewOf } from "../../../host/core/dtype.js";
import type { ModelData } from "../../../host/core/model.js";
import { elementCount } from "../../../host/core/shape.js";
import { byteLength } from "../../../host/plan/lifetimes.js";
import { runReference } from "../../../host/reference/index.js";
import { createSession, type Session } from "../../../host/runtime/session.js";
import type { Modules } from "../../../host/wasm/instantiate.js";
import type { Family, ModuleName } from "../../../host/wasm/kernel.js";
import { compare } from "../../conformance/run-case.js";
import type { Random } from "../../format/mutate.js";

/** What runs a model. */
export interface Machine {
  readonly name: ModuleName;
  readonly modules: Modules;
  readonly family?: Family | undefined;
}

/** Untouched bytes between buffers. */
const GAP = 64;
/** What they hold, and what buffers hold before a run: whoever reads either gets another result the second time. */
const CANARIES = [0xa5, 0x3c] as const;
const MAX_BYTES = 2 ** 24;
/** Models of more work are not computed by the reference: the first machine's results stand for it. */
const REFERENCE_WORK = 300_000;

/** What a float32 input holds at worst. */
const FLOATS = [0, -0, 1, -1, 0.5, 6, 1e-45, 1e-38, 3.4e38, -3.4e38, Infinity, -Infinity, Number.NaN, 127.5, -128.5];

/**
 * Runs a model that was read from a file nobody vouches for, and throws an Error that says how it left its memory: a
 * byte changed in front of, between or behind buffers, in constants or program, or a result that depends on such bytes.
 * Results must also equal the reference, on every machine and whether buffers stand apart or share memory.
 *
 * @throws EnvironmentError for want of memory
 */
export function runContained(model: ModelData, machines: readonly Machine[], work: number, random: Random): void {
  const inputs = model.inputs.map((index) => inputData(model, index, random));
  let expected: TypedData[] | undefined;
  for (const { name, modules, family } of machines) {
    const open = (options: { keepAll?: boolean; gap?: number }) =>
      createSession(model, name, modules, { maxBytes: MAX_BYTES, family, ...options });
    const apart = open({ keepAll: true, gap: GAP });
    const [first, second] = CANARIES.map((canary) => runApart(apart, inputs, canary)) as [TypedData[], TypedData[]];
    expected ??= work <= REFERENCE_WORK ? runReference(model, inputs) : first;
    const shared = open({});
    writeInputs(shared, inputs);
    shared.execute(0, shared.steps.length);
    for (const [i, tensor] of model.tensors.entries()) {
      if (tensor.data) continue;
      const who = `${name}: "${tensor.name}"`;
      report(`${who}, run twice,`, compare(second[i]!, first[i]!));
      report(`${who} against the reference`, compare(first[i]!, expected[i]!));
      if (model.outputs.includes(i)) report(`${who} in shared memory`, compare(valuesOf(shared, i), first[i]!));
    }
  }
}

/** Plans a model and packs its weights, but runs nothing. */
export function plan(model: ModelData, machines: readonly Machine[]): void {
  for (const { name, modules, family } of machines)
    createSession(model, name, modules, { maxBytes: MAX_BYTES, family });
}

function report(who: string, difference: string | undefined): void {
  if (difference) throw new Error(`${who} ${difference}`);
}

/** One run with buffers apart; the values of every tensor. Throws if a byte outside of buffers changed, or an input. */
function runApart(session: Session, inputs: readonly TypedData[], canary: number): TypedData[] {
  const { plan, memory, model, steps } = session;
  const bytes = new Uint8Array(memory.buffer);
  const { start, bytes: length } = plan.arena;
  bytes.fill(canary, start, start + length);
  writeInputs(session, inputs);
  const before = bytes.slice();
  session.execute(0, steps.length);

  const check = (from: number, to: number, who: string) => {
    if (from >= to || Buffer.compare(bytes.subarray(from, to), before.subarray(from, to)) === 0) return;
    const at = bytes.subarray(from, to).findIndex((byte, i) => byte !== before[from + i]);
    throw new Error(`byte ${from + at} of memory changed, ${to - from - at} before ${who}`);
  };
  const buffers = plan.arena.buffers.filter((buffer) => buffer.bytes > 0).sort((a, b) => a.offset - b.offset);
  // Static data and constants, then the gaps; scratch may lie where a later tensor will be. Then slack and program.
  let end = 0;
  for (const { offset, bytes: size, name } of buffers) {
    check(end, start + offset, `"${name}"`);
    end = Math.max(end, start + offset + size);
  }
  check(end, bytes.length, "the end");
  for (const index of model.inputs) {
    const address = plan.tensors[index]!;
    check(address, address + byteLength(model.tensors[index]!), "the end of an input");
  }
  return model.tensors.map((tensor, i) => (tensor.data ? new Int8Array(0) : valuesOf(session, i).slice()));
}

function writeInputs({ model, plan, memory }: Session, inputs: readonly TypedData[]): void {
  const bytes = new Uint8Array(memory.buffer);
  model.inputs.forEach((index, i) => {
    const { buffer, byteOffset, byteLength } = inputs[i]!;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), plan.tensors[index]!);
  });
}

function valuesOf({ model, plan, memory }: Session, index: number): TypedData {
  const { dtype, shape } = model.tensors[index]!;
  return viewOf(dtype, memory.buffer, plan.tensors[index]!, elementCount(shape));
}

function inputData(model: ModelData, index: number, random: Random): TypedData {
  const { dtype, shape } = model.tensors[index]!;
  const size = elementCount(shape) * ELEMENT_BYTES[dtype];
  // There will be no room for more, and the run is refused.
  const bytes = new Uint8Array(size > MAX_BYTES ? 0 : size);
  const data = viewOf(dtype, bytes.buffer, 0, bytes.length / ELEMENT_BYTES[dtype]);
  if (data instanceof Float32Array) {
    for (let i = 0; i < data.length; i++) {
      data[i] = random(4) === 0 ? FLOATS[random(FLOATS.length)]! : random(1000) / 50 - 10;
    }
  } else for (let i = 0; i < bytes.length; i++) bytes[i] = random(256);
  return data;
}
