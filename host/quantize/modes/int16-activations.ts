import { elementsOf } from "../../core/dtype.js";
import { QbinError } from "../../core/errors.js";
import type { ModelData, Node, Tensor } from "../../core/model.js";
import { clamp, roundHalfEven } from "../../core/rounding.js";
import { rewrite } from "../../graph/rewrite.js";
import { findOp } from "../../ops/index.js";
import { toInt8 } from "./dynamic-range.js";
import { meansToPools } from "./means-to-pools.js";
import type { ModeResult, NodeLeft } from "./mode.js";

/** What a tensor's values lie in. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

const PRODUCTS = ["conv2d", "depthwise_conv2d", "fully_connected"];
const PAIRS = ["add", "sub", "mul"];
/** Ops whose inputs and outputs have one scale: they hand values on. */
const MOVES = ["average_pool2d", "max_pool2d", "pad", "reshape", "concatenation", "slice", "split", "transpose"];
const OPS = new Set([...PRODUCTS, ...PAIRS, ...MOVES, "relu"]);

const LARGEST = 32767;
/** |bias| that int16 nodes take. */
const LARGEST_BIAS = 2 ** 46;

/**
 * Nodes named `asked` get int16 activations and int8 weights with a scale per channel, TFLite's 16x8; what connects them to
 * others is converted. `known` has the values of every float32 tensor they read or write, by name. Nodes that have no such
 * form, or none for the scales they would get, stay as they are and are reported.
 */
export function int16Activations(
  float: ModelData,
  asked: ReadonlySet<string>,
  known: ReadonlyMap<string, ValueRange>,
): ModeResult {
  const { graph, wanted, ranges } = meansToPools(float, asked, known);
  const left: NodeLeft[] = [];
  const chosen = new Set<Node>();
  for (const node of graph.nodes) {
    if (!wanted.has(node.name)) continue;
    const why = obstacleOf(graph, node, ranges);
    if (why === undefined) chosen.add(node);
    else left.push({ node: node.name, why });
  }
  for (;;) {
    const result = new Rebuilder(graph, chosen, ranges).run();
    if (!("refused" in result)) return { graph: result.graph, left };
    // Its neighbours may then get other scales, so everything is done again.
    chosen.delete(result.refused);
    left.push({ node: result.refused.name, why: result.why });
  }
}

function obstacleOf({ tensors }: ModelData, node: Node, ranges: ReadonlyMap<string, ValueRange>): string | undefined {
  if (!OPS.has(node.op)) return `${node.op} has no int16 form`;
  for (const index of [...node.inputs, ...node.outputs]) {
    const tensor = tensors[index];
    if (tensor === undefined) continue;
    if (tensor.dtype !== "float32") return `"${tensor.name}" is ${tensor.dtype}`;
    const values = tensor.data && valuesOf(tensor).find((value) => !Number.isFinite(value));
    if (values !== undefined) return `"${tensor.name}" has the value ${values}`;
    const range = ranges.get(tensor.name);
    if (tensor.data === undefined && !(range && Number.isFinite(range.min) && Number.isFinite(range.max))) {
      return `there is no range for "${tensor.name}"`;
    }
  }
  return undefined;
}

function valuesOf(tensor: Tensor): Float32Array {
  return elementsOf("float32", tensor.data as Uint8Array) as Float32Array;
}

type Rebuilt = { readonly graph: ModelData } | { readonly refused: Node; readonly why: string };

/** Builds the graph with `chosen` nodes in int16; original tensors keep their place and stay float32. */
class Rebuilder {
  readonly #graph: ModelData;
  readonly #chosen: ReadonlySet<Node>;
  readonly #ranges: ReadonlyMap<string, ValueRange>;
  readonly #tensors: Tensor[];
  readonly #nodes: Node[] = [];
  readonly #names: Set<string>;
  readonly #groups: number[];
  /** The int16 tensor that stands for a float32 one. */
  readonly #wide = new Map<number, number>();

  constructor(graph: ModelData, chosen: ReadonlySet<Node>, ranges: ReadonlyMap<string, ValueRange>) {
    this.#graph = graph;
    this.#chosen = chosen;
    this.#ranges = ranges;
    this.#tensors = [...graph.tensors];
    this.#names = new Set([...graph.tensors, ...graph.nodes].map(({ name }) => name));
    this.#groups = graph.tensors.map((_, i) => i);
    for (const node of chosen) {
      if (!MOVES.includes(node.op)) continue;
      const [first, ...rest] = [...node.inputs, ...node.outputs] as [number, ...number[]];
      for (const index of rest) this.#groups[this.#rootOf(index)] = this.#rootOf(first);
    }
  }

  run(): Rebuilt {
    for (const node of this.#graph.nodes) {
      if (!this.#chosen.has(node)) {
        this.#nodes.push(node);
        continue;
      }
      const inputs = PRODUCTS.includes(node.op) ? this.#productInputs(node) : node.inputs.map((i) => this.#toInt16(i));
      const outputs = node.outputs.map((index) => this.#addInt16(index));
      const wide: Node = { ...node, inputs, outputs, numerics: "tflite" };
      const why = this.#refusalOf(wide);
      if (why !== undefined) return { refused: node, why };
      this.#nodes.push(wide);
      for (const index of node.outputs) if (this.#isReadAsFloat(index)) this.#toFloat(index);
    }
    return { graph: rewrite({ ...this.#graph, tensors: this.#tensors, nodes: this.#nodes }, {}) };
  }

  #rootOf(index: number): number {
    let root = index;
    while (this.#groups[root] !== root) root = this.#groups[root] as number;
    return root;
  }

  /** f(max |x| / 32767) over all tensors that share it. */
  #scaleOf(index: number): number {
    const root = this.#rootOf(index);
    const sizes = this.#graph.tensors.map(({ name, data }, i) => {
      if (this.#rootOf(i) !== root) return 0;
      if (data) return valuesOf(this.#graph.tensors[i] as Tensor).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const range = this.#ranges.get(name);
      return range ? Math.max(Math.abs(range.min), Math.abs(range.max)) : 0;
    });
    const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
    return largest === 0 ? 1 : Math.max(Math.fround(largest / LARGEST), 2 ** -126);
  }

  #add(tensor: Tensor): number {
    return this.#tensors.push({ ...tensor, name: this.#unique(tensor.name) }) - 1;
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#names.has(name); n++) name = `${wanted}_${n}`;
    this.#names.add(name);
    return name;
  }

  #addInt16(index: number, data?: Uint8Array): number {
    const { name, shape } = this.#graph.tensors[index] as Tensor;
    const quantization = { scale: [this.#scaleOf(index)], zeroPoint: 0 };
    const added = this.#add({ name: `${name}/int16`, dtype: "int16", shape, quantization, ...(data && { data }) });
    this.#wide.set(index, added);
    return added;
  }

  /** The int16 form of an activation, or of a constant operand. */
  #toInt16(index: number): number {
    const known = this.#wide.get(index);
    if (known !== undefined) return known;
    const tensor = this.#graph.tensors[index] as Tensor;
    if (tensor.data) {
      const scale = this.#scaleOf(index);
      const data = Int16Array.from(valuesOf(tensor), (x) => clamp(roundHalfEven(x / scale), -LARGEST, LARGEST));
      return this.#addInt16(index, new Uint8Array(data.buffer));
    }
    const output = this.#addInt16(index);
    this.#convert("quantize", index, output);
    return output;
  }

  #toFloat(index: number): void {
    this.#convert("dequantize", this.#wide.get(index) as number, index);
  }

  #convert(op: "quantize" | "dequantize", input: number, output: number): void {
    const name = this.#unique(`${this.#tensors[output]?.name}/${op}`);
    this.#nodes.push({ op, name, inputs: [input], outputs: [output], attributes: {}, numerics: "tflite" });
  }

  #isReadAsFloat(index: number): boolean {
    const isOutput = this.#graph.outputs.includes(index);
    return isOutput || this.#graph.nodes.some((node) => !this.#chosen.has(node) && node.inputs.includes(index));
  }

  /** Weights int8, bias int64 in units of the sums. */
  #productInputs(node: Node): number[] {
    const [x, , bias = -1] = node.inputs as [number, number, number?];
    const weights = toInt8(this.#graph, node, true);
    const inputs = [this.#toInt16(x), this.#add({ ...weights, name: `${weights.name}/int8` })];
    if (bias === -1) return node.inputs.length > 2 ? [...inputs, -1] : inputs;
    const { name, shape } = this.#graph.tensors[bias] as Tensor;
    const input = this.#scaleOf(x);
    const values = valuesOf(this.#graph.tensors[bias] as Tensor);
    const data = BigInt64Array.from(values, (value, c) => {
      const unit = input * (weights.quantization?.scale[c] as number);
      return BigInt(clamp(roundHalfEven(value / unit), -LARGEST_BIAS, LARGEST_BIAS));
    });
    return [...inputs, this.#add({ name: `${name}/int64`, dtype: "int64", shape, data: new Uint8Array(data.buffer) })];
  }

  /** Why the op has no arithmetic for the scales a node would have. */
  #refusalOf(node: Node): string | undefined {
    const at = (index: number) => this.#tensors[index] as Tensor;
    try {
      const inputs = node.inputs.map((index) => (index === -1 ? undefined : at(index)));
      findOp(node.op)?.verify?.(inputs, node.attributes as never, node.outputs.map(at), node.numerics);
      return undefined;
    } catch (error) {
      if (error instanceof QbinError) return error.message;
      throw error;
    }
  }
}
