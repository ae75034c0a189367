import { viewOf } from "../core/dtype.js";
import { UsageError } from "../core/errors.js";
import { elementCount } from "../core/shape.js";
import type { ModuleChoice } from "../wasm/detect.js";
import { moduleBytes } from "../wasm/instantiate.js";
import { moreOf } from "../wasm/kernel.js";
import { needsMore } from "./facets.js";
import { describeInfo, type ModelInfo } from "./info.js";
import { profileSession, type StepProfile } from "./profile.js";
import type { Session } from "./session.js";
import { describeTensor, readReal, type TensorInfo, type TensorView, writeReal } from "./tensor.js";

/** A loaded model: planned once, run many times. Made by `load`. */
export class Model {
  readonly name: string;
  readonly description: string;
  /** One label per class in output order; empty when the model has none. */
  readonly labels: readonly string[];
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  #session: Session | undefined;
  readonly #views = new Map<number, TensorView>();
  readonly #steps: number;
  readonly #choice: ModuleChoice;
  #info: ModelInfo | undefined;

  /** @internal */
  constructor(session: Session, choice: ModuleChoice) {
    const { model } = session;
    this.#session = session;
    this.#steps = session.steps.length;
    this.name = model.name;
    this.description = model.description;
    this.labels = model.labels;
    this.inputs = model.inputs.map((index, i) => describeTensor(model.tensors[index]!, model.preprocessing[i]));
    this.outputs = model.outputs.map((index) => describeTensor(model.tensors[index]!));
    this.#choice = choice;
  }

  /** Which module runs and why, what it costs in memory, and every step. */
  get info(): ModelInfo {
    if (this.#info === undefined) {
      const { name } = this.#choice;
      const more = needsMore(this.#live().model) ? moduleBytes(moreOf(name)) : 0;
      this.#info = describeInfo(this.#live(), this.#choice, moduleBytes(name) + more);
    }
    return this.#info;
  }

  /** An input by name or position. `data` is a view of the model's own memory. */
  input(which: string | number = 0): TensorView {
    const { inputs } = this.#live().model;
    const i = find(this.inputs, which, "input");
    return this.#view(inputs[i]!, this.inputs[i]!);
  }

  /** An output by name or position. `data` is a view of the model's own memory and changes with the next run. */
  output(which: string | number = 0): TensorView {
    const { outputs } = this.#live().model;
    const i = find(this.outputs, which, "output");
    return this.#view(outputs[i]!, this.outputs[i]!);
  }

  /** Any tensor by name; only in models loaded with `keepAll`, elsewhere its memory is shared. */
  tensor(name: string): TensorView {
    const { model, plan } = this.#live();
    const index = model.tensors.findIndex((tensor) => tensor.name === name);
    if (index < 0 || plan.tensors[index]! < 0)
      throw new UsageError(`model "${this.name}" has no tensor "${name}" in memory`);
    if (!this.#live().keepAll) throw new UsageError("tensor() needs a model loaded with { keepAll: true }");
    return this.#view(index, describeTensor(model.tensors[index]!));
  }

  /** Runs the model on what its inputs hold. Synchronous; allocates nothing. */
  run(): void {
    (this.#session ?? this.#live()).execute(0, this.#steps);
  }

  /**
   * Real values in, real values out. Inputs by name; a model with one input also takes the array itself. Quantized
   * inputs are quantized and outputs dequantized on the way; a `Uint8Array` for an input with preprocessing is pixels.
   */
  predict(inputs: Readonly<Record<string, ArrayLike<number>>> | ArrayLike<number>): Record<string, Float32Array> {
    const byName =
      "length" in inputs && typeof inputs.length === "number" ? { [this.inputs[0]!.name]: inputs } : inputs;
    for (const name of Object.keys(byName)) find(this.inputs, name, "input");
    for (const { name } of this.inputs) {
      const values = (byName as Record<string, ArrayLike<number>>)[name];
      if (values === undefined) throw new UsageError(`predict: input "${name}" is missing`);
      writeReal(this.input(name), values);
    }
    this.run();
    return Object.fromEntries(this.outputs.map(({ name }) => [name, readReal(this.output(name))]));
  }

  /** Runs the model step by step for about `milliseconds` and reports the median time of each step. */
  profile(milliseconds = 200): readonly StepProfile[] {
    return profileSession(this.#live(), milliseconds);
  }

  /** Ends the model's threads and frees its memory; every later call is an error, `info` stays. */
  dispose(): void {
    // What the model was stays known.
    if (this.#session) this.#info = this.info;
    this.#session?.dispose?.();
    this.#session = undefined;
    this.#views.clear();
  }

  #live(): Session {
    if (this.#session === undefined) throw new UsageError(`model "${this.name}" was disposed; load it again`);
    return this.#session;
  }

  #view(index: number, info: TensorInfo): TensorView {
    let view = this.#views.get(index);
    if (view === undefined) {
      const { memory, plan } = this.#live();
      const data = viewOf(info.dtype, memory.buffer, plan.tensors[index]!, elementCount(info.shape));
      view = { ...info, data };
      this.#views.set(index, view);
    }
    return view;
  }
}

function find(tensors: readonly TensorInfo[], which: string | number, kind: string): number {
  const i = typeof which === "number" ? which : tensors.findIndex(({ name }) => name === which);
  if (tensors[i] === undefined) {
    const names = tensors.map(({ name }) => `"${name}"`).join(", ");
    throw new UsageError(`there is no ${kind} ${JSON.stringify(which)}; the model has ${names}`);
  }
  return i;
}
