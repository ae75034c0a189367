import { QbinError } from "../core/errors.js";
import type { ModelData } from "../core/model.js";
import { type MemoryPlan, type PlanOptions, planMemory, SLACK } from "../plan/memory.js";
import { type Instance, instantiate, type Modules } from "../wasm/instantiate.js";
import type { Family, ModuleName, NodePlan, Packer, Step } from "../wasm/kernel.js";
import { DIGEST_ROOM, verifyInWasm } from "./digest.js";
import { facetOf } from "./facets.js";

export const STEP_BYTES = 16;

/** A step of the program, and the node it belongs to. */
export interface ScheduledStep extends Step {
  readonly node: number;
}

/** A model that is ready to run: memory filled, program written. Nothing here allocates after `createSession`. */
export interface Session {
  readonly model: ModelData;
  readonly memory: WebAssembly.Memory;
  readonly instance: Instance;
  readonly plan: MemoryPlan;
  readonly steps: readonly ScheduledStep[];
  readonly keepAll: boolean;
  /** Absent for one thread that nobody wanted more of. */
  readonly threading?: Threading;
  /** Runs steps [first, end). */
  execute(first: number, end: number): void;
  dispose?(): void;
}

export interface SessionOptions extends PlanOptions {
  /** Kernels to prefer, where a machine's module does not already say it. */
  readonly family?: Family | undefined;
  /** Given where other threads can see the memory, and `modules` are compiled for that. */
  readonly team?: TeamLayout;
  /** The file the model was read from, when its digest is still to be checked. */
  readonly file?: Uint8Array | undefined;
}

export interface Threading {
  readonly threads: number;
  /** Why so many. */
  readonly threadsReason: string;
}

/** What threads need; see runtime/threads. */
export interface TeamLayout {
  /** Makes a node's scratch large enough for all of them; called once for each node, in order. */
  adapt(plan: NodePlan): NodePlan;
  /** Bytes they need where one thread needs those of its program. */
  room(programBytes: number, steps: number): number;
}

/** `createSession`, or what does the same for several threads and first waits until the file is known to be sound. */
export type CreateSession = (
  model: ModelData,
  moduleName: ModuleName,
  modules: Modules,
  options: SessionOptions,
  sound: Promise<void> | undefined,
) => Session | Promise<Session>;

/** Plans `model` (already validated, its ops loaded) for `moduleName`, fills a memory of its own and writes the program. */
export function createSession(
  model: ModelData,
  moduleName: ModuleName,
  modules: Modules,
  options: SessionOptions,
): Session {
  const { team } = options;
  const plans = model.nodes.map((node): NodePlan => {
    const plan = facetOf(node.op).prepare({
      inputs: node.inputs.map((index) => model.tensors[index]), // none at −1: an optional input
      outputs: node.outputs.map((index) => model.tensors[index]!),
      attributes: node.attributes as never,
      numerics: node.numerics,
      module: moduleName,
      family: options.family,
    });
    return team?.adapt(plan) ?? plan;
  });
  const raw = rawConstants(model);
  const plan = planMemory(model, plans, raw, options);
  const steps = schedule(model, plans, plan);
  const programBytes = steps.reduce((sum, step) => sum + STEP_BYTES + step.args.byteLength, 0);
  const program = plan.end;
  // Packing and the digest borrow the arena, which nobody uses yet, and what lies behind it.
  const { file } = options;
  let staged = plan.arena.start + Math.max(stagingBytes(plans), file ? DIGEST_ROOM : 0);
  const end = program + (team?.room(programBytes, steps.length) ?? programBytes);
  const instance = instantiate(modules, Math.max(end, staged), !!team);

  fillConstants(instance, plans, plan);
  if (file) staged = Math.max(staged, verifyInWasm(instance, file, plan.arena.start));
  const memory = new Uint8Array(instance.memory.buffer);
  memory.fill(0, plan.arena.start, staged);
  for (const index of raw) memory.set(model.tensors[index]!.data!, plan.tensors[index]);
  writeProgram(instance, steps, program);
  return {
    model,
    memory: instance.memory,
    instance,
    plan,
    steps,
    keepAll: options.keepAll ?? false,
    execute: (first, last) => instance.execute(program, first, last),
  };
}

/** Room for the arguments of a packing kernel, before what it packs; the longest struct has 72 bytes. */
const PACK_ARGS_BYTES = 128;

function stagingBytes(plans: readonly NodePlan[]): number {
  let largest = 0;
  for (const { constants = [] } of plans)
    for (const constant of constants) if ("write" in constant) largest = Math.max(largest, constant.stagingBytes);
  return PACK_ARGS_BYTES + largest + SLACK;
}

function fillConstants(instance: Instance, plans: readonly NodePlan[], plan: MemoryPlan): void {
  const memory = new Uint8Array(instance.memory.buffer);
  const args = plan.arena.start;
  const staging = args + PACK_ARGS_BYTES;
  const packer: Packer = {
    memory,
    staging,
    run(kernel, words, tiles) {
      if (words.byteLength > PACK_ARGS_BYTES) throw new QbinError("internal", `${kernel}: arguments overlap its input`);
      memory.set(new Uint8Array(words.buffer), args);
      instance.run(kernel, args, tiles);
    },
  };
  plans.forEach(({ constants = [] }, node) => {
    constants.forEach((constant, i) => {
      const address = plan.constants[node]![i]!;
      if ("write" in constant) constant.write(address, packer);
      else memory.set(constant, address);
    });
  });
}

/** Constants that kernels read as tensors; weights and biases are read packed only. */
function rawConstants(model: ModelData): Set<number> {
  const raw = new Set<number>();
  for (const node of model.nodes) {
    const packed = facetOf(node.op).definition.constantInputs ?? [];
    node.inputs.forEach((index, i) => {
      if (model.tensors[index]?.data && !packed.includes(i)) raw.add(index);
    });
  }
  return raw;
}

export function schedule(model: ModelData, plans: readonly NodePlan[], plan: MemoryPlan): ScheduledStep[] {
  return model.nodes.flatMap((node, i) => {
    if (plan.aliased[i]) return [];
    const steps = plans[i]!.steps({
      input: (k) => plan.tensors[node.inputs[k]!]!,
      output: (k) => plan.tensors[node.outputs[k]!]!,
      constant: (k) => plan.constants[i]![k]!,
      scratch: plan.scratch[i]!,
      shared: plan.shared[i]!,
    });
    return steps.map((step) => ({ ...step, node: i }));
  });
}

/** Steps first, as assembly/program.ts reads them, then their argument structs. */
export function writeProgram(instance: Instance, steps: readonly ScheduledStep[], program: number): void {
  const words = new Int32Array(instance.memory.buffer);
  let args = program + steps.length * STEP_BYTES;
  steps.forEach((step, i) => {
    words.set([instance.kernelIndex(step.kernel), args, step.tiles], (program + i * STEP_BYTES) / 4);
    words.set(step.args, args / 4);
    args += step.args.byteLength;
  });
}
