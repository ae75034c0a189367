import type { ModelData, Node, Tensor } from "../core/model.js";

/** Nodes that read each tensor, in order; a node that reads it twice is there twice. */
export function readers(model: ModelData): ReadonlyMap<number, readonly Node[]> {
  const result = new Map<number, Node[]>();
  for (const node of model.nodes) {
    for (const index of node.inputs) {
      const known = result.get(index);
      if (known === undefined) result.set(index, [node]);
      else known.push(node);
    }
  }
  return result;
}

/** Tensors that exactly one node reads, once, and that are no model output: whoever rewrites that node may drop them. */
export function privateTensors(model: ModelData): ReadonlySet<number> {
  const result = new Set<number>();
  for (const [index, nodes] of readers(model)) if (nodes.length === 1) result.add(index);
  for (const index of model.outputs) result.delete(index);
  return result;
}

/** A model's tensors with more to come, whose names are made unlike all others. */
export class TensorList {
  readonly tensors: Tensor[];
  readonly #names: Set<string>;

  constructor(model: ModelData) {
    this.tensors = [...model.tensors];
    this.#names = new Set(model.tensors.map((tensor) => tensor.name));
  }

  /** Adds a tensor and returns its index; a name that is taken gets a number. */
  add(tensor: Tensor): number {
    let name = tensor.name;
    for (let n = 2; this.#names.has(name); n++) name = `${tensor.name}_${n}`;
    this.#names.add(name);
    this.tensors.push({ ...tensor, name });
    return this.tensors.length - 1;
  }

  /** The same for float32 numbers. */
  addFloats(name: string, shape: readonly number[], values: Float32Array): number {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.add({ name, dtype: "float32", shape, data });
  }
}
