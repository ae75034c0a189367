import { QbinError } from "../../core/errors.js";
import type { ModelData, Node, Numerics, Tensor } from "../../core/model.js";
import type { QuantizationParams } from "../../core/quantization.js";
import { clamp, roundHalfEven } from "../../core/rounding.js";
import { GraphBuilder, type NodeSpec, type OutputType } from "../../graph/builder.js";
import { findOp } from "../../ops/index.js";
import { floatsOf } from "../weights.js";

/** A tensor exists in at most two forms: as it was, and in int8. */
type Form = "float32" | "int8";

/** Thrown for a node that has no int8 form with the parameters it would get. */
export class NodeRefusal extends Error {
  readonly node: Node;

  constructor(node: Node, why: string) {
    super(why);
    this.node = node;
  }
}

/**
 * Writes a graph anew in which some tensors are int8. Hands out each tensor in the form a reader asks for, and puts
 * quantize and dequantize nodes where it has only the other.
 */
export class Rebuilder {
  readonly builder: GraphBuilder;
  readonly #graph: ModelData;
  readonly #params: (tensor: number) => QuantizationParams;
  readonly #forms: Record<Form, Map<number, number>> = { float32: new Map(), int8: new Map() };
  /** Model outputs that stay float32 keep their name in that form. */
  readonly #floatOutputs: ReadonlySet<number>;
  /** Name of the node that makes a tensor: shorter than the tensor's, in files that converters wrote. */
  readonly #makers: ReadonlyMap<number, string>;

  constructor(graph: ModelData, params: (tensor: number) => QuantizationParams, floatOutputs: ReadonlySet<number>) {
    this.#graph = graph;
    this.#params = params;
    this.#floatOutputs = floatOutputs;
    this.#makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node.name] as const)));
    this.builder = new GraphBuilder({ name: graph.name, description: graph.description, numerics: graph.numerics });
  }

  addInput(tensor: number, form: Form, position: number): void {
    const { name, shape, dtype } = this.#tensor(tensor);
    const type =
      form === "int8" ? { name, shape, dtype: form, quantization: this.#params(tensor) } : { name, shape, dtype };
    this.#forms[form].set(tensor, this.builder.input(type, this.#graph.preprocessing[position]));
  }

  /** A node as it is; its outputs are as they were. */
  addFloat(node: Node): void {
    const outputs = node.outputs.map((index) => this.#tensor(index));
    const added = this.builder.node({ ...node, inputs: this.inputs(node, "float32"), outputs });
    node.outputs.forEach((index, i) => {
      this.#forms.float32.set(index, added[i] as number);
    });
  }

  /** `node` in int8, in the first of `profiles` whose arithmetic its scales suit; throws NodeRefusal if none does. */
  addInt8(node: Node, inputs: readonly number[], profiles: readonly Numerics[]): void {
    const outputs = node.outputs.map((index): OutputType => {
      const { name, dtype } = this.#tensor(index);
      if (dtype !== "float32") return { name, dtype };
      const isFloatOutput = this.#floatOutputs.has(index);
      return { name: isFloatOutput ? `${name}/int8` : name, dtype: "int8", quantization: this.#params(index) };
    });
    const added = this.#tryProfiles(node, { ...node, inputs, outputs }, profiles);
    node.outputs.forEach((index, i) => {
      const form = this.#tensor(index).dtype === "float32" ? "int8" : "float32";
      this.#forms[form].set(index, added[i] as number);
    });
  }

  /** The node's inputs in one form; integers and absent inputs as they are. */
  inputs(node: Node, form: Form): number[] {
    return node.inputs.map((index) => {
      if (index < 0) return index;
      return this.get(index, this.#tensor(index).dtype === "float32" ? form : "float32");
    });
  }

  /** The new index of a tensor in the form asked for. */
  get(tensor: number, form: Form): number {
    const known = this.#forms[form].get(tensor);
    if (known !== undefined) return known;
    const made = this.#tensor(tensor).data ? this.#constant(tensor, form) : this.#convert(tensor, form);
    this.#forms[form].set(tensor, made);
    return made;
  }

  /** Which forms a tensor has by now. */
  has(tensor: number, form: Form): boolean {
    return this.#forms[form].has(tensor);
  }

  /** `input`, an int8 tensor, with the parameters of `like`. */
  requantize(input: number, like: number): number {
    const { name } = this.builder.tensor(input);
    const output: OutputType = { name: `${name}/requantized`, dtype: "int8", quantization: this.#params(like) };
    const attributes = { arithmetic: "profile" };
    const spec = { op: "requantize", name: `${name}/requantize`, inputs: [input], attributes, outputs: [output] };
    return this.builder.node({ ...spec, numerics: "tflite" })[0] as number;
  }

  #constant(tensor: number, form: Form): number {
    const { name, shape, dtype, data, quantization } = this.#tensor(tensor) as Tensor & { data: Uint8Array };
    if (form === "float32") {
      return this.builder.constant({ name, shape, dtype, ...(quantization && { quantization }) }, data);
    }
    const params = this.#params(tensor);
    const stored = quantizeValues(floatsOf(this.#tensor(tensor)), params);
    return this.builder.constant({ name, shape, dtype: "int8", quantization: params }, new Uint8Array(stored.buffer));
  }

  #convert(tensor: number, form: Form): number {
    const { name } = this.#tensor(tensor);
    const isToInt8 = form === "int8";
    const input = this.get(tensor, isToInt8 ? "float32" : "int8");
    const isNamed = this.#floatOutputs.has(tensor) && !isToInt8;
    const output: OutputType = {
      name: isNamed ? name : `${name}/${form}`,
      dtype: form,
      quantization: isToInt8 ? this.#params(tensor) : undefined,
    };
    const op = isToInt8 ? "quantize" : "dequantize";
    const spec: NodeSpec = {
      op,
      name: `${this.#makers.get(tensor) ?? name}/${op}`,
      numerics: "xnnpack",
      inputs: [input],
      attributes: {},
      outputs: [output],
    };
    return this.builder.node(spec)[0] as number;
  }

  #tryProfiles(node: Node, spec: Omit<NodeSpec, "numerics">, profiles: readonly Numerics[]): number[] {
    const supported = findOp(node.op)?.numerics ?? [];
    const tried = profiles.filter((profile, i) => supported.includes(profile) && profiles.indexOf(profile) === i);
    let refusal = `it has no int8 arithmetic in ${profiles.join(", ")}`;
    for (const numerics of tried) {
      try {
        return this.builder.node({ ...spec, numerics });
      } catch (error) {
        if (!(error instanceof QbinError)) throw error;
        refusal = error.message;
      }
    }
    throw new NodeRefusal(node, refusal);
  }

  #tensor(index: number): Tensor {
    return this.#graph.tensors[index] as Tensor;
  }
}

/** q = clamp(rne(x / s) + z). */
function quantizeValues(values: Float32Array, { scale, zeroPoint }: QuantizationParams): Int8Array {
  const s = scale[0] as number;
  return Int8Array.from(values, (value) => clamp(roundHalfEven(value / s) + zeroPoint, -128, 127));
}
