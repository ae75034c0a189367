import { ShapeError, UnsupportedOpError } from "../../core/errors.js";
import type { Attributes, Numerics } from "../../core/model.js";
import type { Activation, TfliteKernels } from "../../core/op.js";
import type { QuantizationParams } from "../../core/quantization.js";
import type { Shape } from "../../core/shape.js";
import { quote } from "../common/text.js";
import type { FileOperator } from "./file.js";
import type { FlatTable } from "./flat-reader.js";
import type { GraphWriter } from "./graph-writer.js";
import { graphQuantization, graphType, integers, type Value } from "./value.js";

/** Reads option fields by number. An operator without an options table has every field at its default. */
export type Options = Pick<FlatTable, "bool" | "uint8" | "int8" | "int32" | "float32" | "int32s">;

export const NO_OPTIONS: Options = {
  bool: (_, otherwise = false) => otherwise,
  uint8: (_, otherwise = 0) => otherwise,
  int8: (_, otherwise = 0) => otherwise,
  int32: (_, otherwise = 0) => otherwise,
  float32: (_, otherwise = 0) => otherwise,
  int32s: () => undefined,
};

/** What is decided about an operator before it is converted, and goes onto every node of it that computes. */
export interface CallArithmetic {
  readonly numerics: Numerics;
  readonly unsigned: boolean;
  /** The kernels of TFLite to reproduce, where the import asks for others than LiteRT runs. */
  readonly kernels: TfliteKernels | undefined;
}

/** One operator being converted: what it reads, and how its nodes are written. */
export class Call {
  readonly kind: string;
  readonly name: string;
  readonly options: Options;
  readonly numerics: Numerics;
  readonly unsigned: boolean;
  readonly outputs: readonly Value[];
  readonly #operator: FileOperator;
  readonly #inputs: readonly (Value | undefined)[];
  readonly #kernels: TfliteKernels | undefined;
  readonly #writer: GraphWriter;

  constructor(
    operator: FileOperator,
    inputs: readonly (Value | undefined)[],
    outputs: readonly Value[],
    { numerics, unsigned, kernels }: CallArithmetic,
    writer: GraphWriter,
  ) {
    this.kind = operator.kind;
    this.name = nodeName(operator);
    this.options = operator.options ?? NO_OPTIONS;
    this.numerics = numerics;
    this.unsigned = unsigned;
    this.outputs = outputs;
    this.#kernels = kernels;
    this.#operator = operator;
    this.#inputs = inputs;
    this.#writer = writer;
  }

  /** The attribute `kernels` of a node whose op has those listed, where it changes bits: as the import asks. */
  kernels(changesBits: boolean, ...has: TfliteKernels[]): Attributes {
    const wanted = this.#kernels;
    // TFLite Micro has the reference kernels where it has none of its own.
    const kernels = has.find((one) => one === wanted) ?? has.find((one) => wanted === "micro" && one === "reference");
    return kernels !== undefined && changesBits ? { kernels } : {};
  }

  get inputCount(): number {
    return this.#inputs.length;
  }

  has(i: number): boolean {
    return this.#inputs[i] !== undefined;
  }

  /** Input `i`, which must be there. */
  value(i: number): Value {
    const value = this.#inputs[i];
    if (value === undefined) throw new ShapeError(`input ${i} is missing`);
    return value;
  }

  shape(i: number): Shape {
    return this.value(i).shape;
  }

  /** The one output of an operator that has one. */
  get output(): Value {
    const output = this.outputs[0];
    if (output === undefined) throw new ShapeError("it has no output");
    return output;
  }

  /** The integers of a constant input. */
  integers(i: number, role: string): number[] {
    return integers(this.value(i), role);
  }

  /** Graph index of input `i`; uint8 tensors arrive shifted to int8. */
  tensor(i: number): number {
    this.value(i);
    return this.#writer.tensor(this.#operator.inputs[i] as number);
  }

  /** Graph index of a model input in its own type if it is one, else as `tensor`. */
  unshifted(i: number): number {
    this.value(i);
    return this.#writer.unshifted(this.#operator.inputs[i] as number);
  }

  /** Graph index of constant input `i` with a quantization of its own: weights per channel, biases without. */
  constant(i: number, quantization?: QuantizationParams): number {
    return this.#writer.parameter(this.#operator.inputs[i] as number, quantization);
  }

  /** Graph index of float32 constant `i` as the file stores it. */
  stored(i: number, dtype: "float16" | "int8", quantization?: QuantizationParams): number {
    return this.#writer.stored(this.#operator.inputs[i] as number, dtype, quantization);
  }

  /** Graph index of a constant of one element that the file does not have; of int8 quantized like `like`. */
  scalar(suffix: string, data: Float32Array | Int8Array, like?: Value): number {
    return this.#writer.scalar(`${this.name}/${suffix}`, data, like);
  }

  /** Writes a node that leads up to the operator's result; returns its output, typed and quantized like `like`. */
  helper(op: string, suffix: string, inputs: readonly number[], attributes: Attributes, like: Value): number {
    return this.helpers(op, suffix, inputs, attributes, [like])[0] as number;
  }

  /** `helper` with several outputs. */
  helpers(
    op: string,
    suffix: string,
    inputs: readonly number[],
    attributes: Attributes,
    likes: readonly Value[],
  ): number[] {
    const name = `${this.name}/${suffix}`;
    const outputs = likes.map((like) => ({ name, dtype: graphType(like), quantization: graphQuantization(like) }));
    return this.#writer.node({ op, name, numerics: this.numerics, inputs, attributes, outputs });
  }

  /** Whether anything reads output `i`: a node nobody reads must not be written. */
  isRead(i: number): boolean {
    return this.#writer.isRead(this.#operator.outputs[i] as number);
  }

  /** Writes the node whose outputs are the operator's outputs `first`, `first` + 1, …: all of them by default. */
  emit(op: string, inputs: readonly number[], attributes: Attributes, only?: number): void {
    const numerics = this.numerics;
    const all = this.#operator.outputs;
    const outputs = only === undefined ? all : [all[only] as number];
    const name = only === undefined || all.length === 1 ? this.name : `${this.name}/${only}`;
    this.#writer.emit({ op, name, numerics, inputs, attributes }, outputs);
  }

  /** Shape of output `i`, after the node that makes it was written. */
  emittedShape(i: number): Shape {
    return this.#writer.shapeOf(this.#operator.outputs[i] as number);
  }

  /** Writes a quantize or requantize node, whose uint8 output may stay uint8 when only the caller of the model sees it. */
  emitQuantize(op: string, inputs: readonly number[], attributes: Attributes): void {
    const { name, numerics } = this;
    this.#writer.emit({ op, name, numerics, inputs, attributes }, this.#operator.outputs, true);
  }

  /** The activation fused into the operator, from its option field. */
  activation(field: number): Activation {
    const code = this.options.int8(field);
    const activation = (["none", "relu", "relu_n1_to_1", "relu6"] as const)[code];
    if (activation !== undefined) return activation;
    const name = code === 4 ? "TANH" : code === 5 ? "SIGN_BIT" : `number ${code}`;
    throw new UnsupportedOpError("activation", `its fused activation ${name} is not supported`);
  }

  /** An axis counted from the end when negative, checked against a rank. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank) throw new ShapeError(`axis ${axis} is outside a tensor of rank ${rank}`);
    return positive;
  }

  /** "INT8" and so on, for messages. */
  describe(i: number): string {
    const value = this.#inputs[i];
    return value === undefined ? "nothing" : `${value.type} ${quote(value.name)}`;
  }
}

/** The name of the node that writes an operator's output: `CONV_2D_3` is operator 3 of the file. */
export function nodeName(operator: Pick<FileOperator, "kind" | "index">): string {
  return `${operator.kind.replace(/[^A-Za-z0-9_]+/g, "_")}_${operator.index}`;
}
