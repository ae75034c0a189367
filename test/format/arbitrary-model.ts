import fc from "fast-check";
import { type DType, ELEMENT_BYTES } from "../../host/core/dtype.js";
import type { ModelData, Node, Preprocessing, Tensor } from "../../host/core/model.js";
import { elementCount, type Shape } from "../../host/core/shape.js";
import { findOp, OPS, type OpName } from "../../host/ops/index.js";
import { type MakeConstant, planNode } from "./arbitrary-node.js";
import { Tape } from "./tape.js";

const TEXTS = ["x", "dense/kernel", 'quote " and \\', "特徴", "naïve", "🙂", "a;b;c", "__proto__", ""];
const SCALES = [0.5, 1 / 256, Math.fround(0.1), 2 ** -126, Math.fround(2.35e-38), 1, Math.fround(12345.678)];

/** Any valid model. A tape of numbers decides every choice, so that fast-check can shrink what fails. */
export const arbitraryModel: fc.Arbitrary<ModelData> = fc
  .array(fc.nat(2 ** 31 - 1), { minLength: 8, maxLength: 120, size: "max" })
  .map((numbers) => new ModelMaker(new Tape(numbers)).make());

class ModelMaker {
  readonly #tape: Tape;
  readonly #tensors: Tensor[] = [];
  readonly #nodes: Node[] = [];
  /** What nodes can read: inputs and computed tensors. */
  readonly #live: number[] = [];

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  make(): ModelData {
    const tape = this.#tape;
    const inputs = Array.from({ length: 1 + tape.below(3) }, (_, i) => this.#input(i));
    while (this.#nodes.length === 0 || !tape.hasEnded) this.#grow(tape.hasEnded ? "reshape" : undefined);
    const read = new Set(this.#nodes.flatMap((node) => node.inputs));
    return {
      name: tape.choose(TEXTS),
      description: tape.choose(TEXTS),
      numerics: "xnnpack",
      labels: TEXTS.slice(0, tape.below(TEXTS.length)),
      inputs,
      outputs: this.#nodes.flatMap((node) => node.outputs).filter((index) => !read.has(index)),
      preprocessing: inputs.map((index) => this.#preprocessing((this.#tensors[index] as Tensor).shape)),
      tensors: this.#tensors,
      nodes: this.#nodes,
    };
  }

  #input(i: number): number {
    const dtype = i === 0 ? "int8" : this.#tape.choose<DType>(["int8", "uint8", "float32"]);
    const shape = Array.from({ length: i === 0 ? 4 : this.#tape.below(5) }, () => 1 + this.#tape.below(4));
    const index = this.#add(`input ${i}`, dtype, shape);
    this.#live.push(index);
    return index;
  }

  #add(name: string, dtype: DType, shape: Shape, more: Partial<Tensor> = {}): number {
    return this.#tensors.push({ name, dtype, shape, ...this.#quantization(dtype), ...more }) - 1;
  }

  #quantization(dtype: DType): Partial<Tensor> {
    if (dtype !== "int8" && dtype !== "uint8") return {};
    const lowest = dtype === "int8" ? -128 : 0;
    return { quantization: { scale: [this.#tape.choose(SCALES)], zeroPoint: lowest + this.#tape.below(256) } };
  }

  /** A constant of any bytes; int8 weights may have a scale per channel. */
  #constant(dtype: DType, shape: Shape, axis?: number): number {
    const data = new Uint8Array(elementCount(shape) * ELEMENT_BYTES[dtype]).map(() => this.#tape.below(256));
    const isPerChannel = axis !== undefined && dtype === "int8" && this.#tape.below(2) === 1;
    const scale = () => Array.from({ length: shape[axis as number] as number }, () => this.#tape.choose(SCALES));
    const quantization = isPerChannel ? { quantization: { scale: scale(), zeroPoint: 0, axis } } : {};
    return this.#add(this.#tape.choose(TEXTS), dtype, shape, { data, ...quantization });
  }

  /** Weights of a float32 node, stored in any way. */
  #stored(shape: Shape, axis: number): number {
    const tape = this.#tape;
    const dtype = tape.choose<DType>(["float32", "float16", "int8", "int4", "uint4"]);
    if (dtype === "float32" || dtype === "float16" || dtype === "int8") return this.#constant(dtype, shape, axis);
    const count = elementCount(shape);
    const channels = shape[axis] as number;
    const group = 1 + tape.below(5);
    const data = new Uint8Array(Math.ceil(count / 2)).map(() => tape.below(256));
    if (count % 2 === 1) data[data.length - 1] = tape.below(16);
    const scale = Array.from({ length: channels * Math.ceil(count / channels / group) }, () => 2 ** -tape.below(99));
    const codebook = Array.from({ length: 16 }, () => Math.fround(tape.below(1000) / 7));
    const quantization = { scale, zeroPoint: 0, axis, group, ...(dtype === "uint4" && { codebook }) };
    return this.#add(tape.choose(TEXTS), dtype, shape, { data, quantization });
  }

  #preprocessing(shape: Shape): Preprocessing | undefined {
    const layout = this.#tape.choose(["nhwc", "nchw"] as const);
    const channels = shape[layout === "nhwc" ? 3 : 1];
    if (shape.length !== 4 || (channels !== 1 && channels !== 3) || this.#tape.below(2) === 0) return undefined;
    const values = () => {
      return Array.from({ length: this.#tape.choose([1, channels]) }, () => this.#tape.below(1000) / 7 - 50);
    };
    const channelOrder = channels === 1 ? "gray" : this.#tape.choose(["rgb", "bgr"] as const);
    return { mean: values(), scale: values(), channelOrder, layout };
  }

  /** Adds a node of `op`, or of any, or nothing when it would not be valid. */
  #grow(op: OpName = this.#tape.choose(Object.keys(OPS) as OpName[])): void {
    const index = this.#tape.choose(this.#live);
    const x = this.#tensors[index] as Tensor;
    const definition = findOp(op);
    const row = definition?.types.find((types) => types.startsWith(`${x.dtype} `));
    if (!definition || !row) return;

    const mark = this.#tensors.length;
    const constant: MakeConstant = (kind, shape, axis) => {
      const isStored = kind === "weights" && definition.types.includes("float32 int4 float32 -> float32");
      if (isStored && x.dtype === "float32") return this.#stored(shape, axis as number);
      const isInt32 = kind === "indices" || (kind === "bias" && x.dtype === "int8");
      return this.#constant(isInt32 ? "int32" : x.dtype, shape, axis);
    };
    const plan = planNode(op, index, x, this.#tape, constant);
    if (!plan) return;
    const { inputs, attributes, keepsQuantization } = plan;
    const tensors = inputs.map((i) => this.#tensors[i]);
    const dtype = row.split(" ").at(-1) as DType;
    const numerics = this.#tape.choose(definition.numerics);
    const more = keepsQuantization && x.quantization ? { quantization: x.quantization } : {};
    let outputs: number[] = [];
    try {
      outputs = definition
        .infer(tensors, attributes as never)
        .map((shape, i) => this.#add(`${op} ${this.#nodes.length}.${i}`, dtype, shape, more));
      const results = outputs.map((i) => this.#tensors[i] as Tensor);
      definition.verify?.(tensors, attributes as never, results, numerics);
      requireRescalable(tensors, results);
    } catch {
      this.#tensors.length = mark;
      return;
    }
    this.#live.push(...outputs);
    this.#nodes.push({ op, name: this.#tape.choose(TEXTS), inputs, outputs, attributes, numerics });
  }
}

/** Rule R37, in other words than the validator's. */
function requireRescalable(inputs: readonly (Tensor | undefined)[], [output]: readonly Tensor[]): void {
  const to = output?.quantization?.scale[0] ?? 0;
  for (const tensor of inputs) {
    const from = tensor?.quantization?.scale[0] ?? 0;
    if (from * to !== 0 && !(from / to > 1.2e-38 && from / to < 3.4e38)) throw new RangeError("ratio");
  }
}
