import { QbinFormatError } from "../../core/errors.js";
import type { TensorType } from "../../core/model.js";
import type { QuantizationParams } from "../../core/quantization.js";
import type { Shape } from "../../core/shape.js";
import type { GraphBuilder, NodeSpec } from "../../graph/builder.js";
import { quote } from "../common/text.js";
import { checkData, graphQuantization, graphType, perTensor, shiftOf, type Value } from "./value.js";

/**
 * Writes the graph and knows which graph tensor stands for which tensor of the file.
 *
 * A uint8 tensor can stand there twice: `shifted` to int8, which is what ops compute on, and `own`, in its own type,
 * when the model's interface shows it. The node between the two is written where it is first needed.
 */
export class GraphWriter {
  readonly #builder: GraphBuilder;
  /** What is known of the file's tensors, by index. Shapes of computed tensors arrive with `emit`. */
  readonly #values: Map<number, Value>;
  readonly #shifted = new Map<number, number>();
  readonly #own = new Map<number, number>();
  readonly #parameters = new Map<string, number>();
  readonly #outputs: ReadonlySet<number>;
  readonly #consumed: ReadonlySet<number>;
  /**
   * Bytes of constants that may still be read, copied or made: in a hostile file a thousand operators can each shift or
   * transpose the same buffer.
   */
  #budget: number;

  constructor(
    builder: GraphBuilder,
    values: Map<number, Value>,
    outputs: ReadonlySet<number>,
    consumed: ReadonlySet<number>,
    fileBytes: number,
  ) {
    this.#builder = builder;
    this.#values = values;
    this.#outputs = outputs;
    this.#consumed = consumed;
    this.#budget = 8 * fileBytes + 65536;
  }

  /** Adds a model input, which keeps the file's type. */
  input(index: number): void {
    const value = this.#value(index);
    const type = this.#typed(value.name, value);
    if (value.type !== "UINT8") this.#shifted.set(index, this.#builder.input(type));
    else this.#own.set(index, this.#builder.input({ ...type, ...ownType(value) }));
  }

  /** Graph index of a file tensor as ops compute on it. */
  tensor(index: number): number {
    const known = this.#shifted.get(index);
    if (known !== undefined) return known;
    const own = this.#own.get(index);
    const made =
      own === undefined ? this.parameter(index, graphQuantization(this.#value(index))) : this.#shift(index, own);
    this.#shifted.set(index, made);
    return made;
  }

  /** Graph index of a file tensor in its own type if it is there in that, else as `tensor`. */
  unshifted(index: number): number {
    return this.#own.get(index) ?? this.tensor(index);
  }

  /** Graph index of a constant with the given quantization; nodes that share weights share the graph's constant. */
  parameter(index: number, quantization: QuantizationParams | undefined): number {
    const key = `${index} ${quantization?.axis ?? (quantization === undefined ? "plain" : "tensor")}`;
    const known = this.#parameters.get(key);
    if (known !== undefined) return known;
    const made = this.#constant(this.#value(index), quantization);
    this.#parameters.set(key, made);
    return made;
  }

  /** Graph index of a constant that was dequantized, as what it was before. */
  stored(index: number, dtype: "float16" | "int8", quantization: QuantizationParams | undefined): number {
    const key = `${index} ${dtype}`;
    const known = this.#parameters.get(key);
    if (known !== undefined) return known;
    const { name, shape, stored } = this.#value(index);
    const type = { name, dtype, shape, ...(quantization && { quantization }) };
    const made = this.#builder.constant(type, stored?.data as Uint8Array);
    this.#parameters.set(key, made);
    return made;
  }

  #constant(value: Value, quantization: QuantizationParams | undefined): number {
    if (value.data === undefined) {
      throw new QbinFormatError("tflite-malformed", `tensor ${quote(value.name)} is read before it is computed`);
    }
    checkData(value);
    const data = shiftOf(value) === 0 ? value.data : this.#flipped(value.data);
    const type = { name: value.name, dtype: graphType(value), shape: value.shape };
    return this.#builder.constant(quantization === undefined ? type : { ...type, quantization }, data);
  }

  /** A constant of one element, int8 quantized like `like`, or float32. */
  scalar(name: string, data: Float32Array | Int8Array, like: Value | undefined): number {
    const bytes = new Uint8Array(data.buffer);
    if (like === undefined) return this.#builder.constant({ name, dtype: "float32", shape: [1] }, bytes);
    const type = { name, dtype: graphType(like), shape: [1], quantization: graphQuantization(like)! };
    return this.#builder.constant(type, bytes);
  }

  /** Shape of a tensor of the file, as far as it is known. */
  shapeOf(index: number): Shape {
    return this.#value(index).shape;
  }

  /** Whether an operator or the model's caller reads a file tensor. */
  isRead(index: number): boolean {
    return this.#consumed.has(index) || this.#outputs.has(index);
  }

  /**
   * Stands in for a tensor whose operator was refused, so that the operators behind it can still be looked at. The
   * graph is never finished then.
   */
  placeholder(index: number): void {
    this.#shifted.set(index, this.#builder.input(this.#typed(`placeholder ${index}`, this.#value(index))));
  }

  node(spec: NodeSpec): number[] {
    return this.#builder.node(spec);
  }

  /**
   * Writes a node whose outputs are tensors of the file, and records their shapes. With `mayKeepUint8`, uint8 outputs
   * that only the model's caller sees are written as they are.
   */
  emit(spec: Omit<NodeSpec, "outputs">, outputs: readonly number[], mayKeepUint8 = false): void {
    const owns = outputs.map((index) => {
      const shownOnly = this.#outputs.has(index) && !this.#consumed.has(index);
      return mayKeepUint8 && shownOnly && this.#value(index).type === "UINT8";
    });
    const types = outputs.map((index, i) => {
      const value = this.#value(index);
      if (owns[i]) return { name: value.name, ...ownType(value) };
      const name = this.#outputs.has(index) && value.type === "UINT8" ? `${value.name}/int8` : value.name;
      return { name, dtype: graphType(value), quantization: graphQuantization(value) };
    });
    const made = this.#builder.node({ ...spec, outputs: types });
    outputs.forEach((index, i) => {
      const tensor = made[i] as number;
      (owns[i] ? this.#own : this.#shifted).set(index, tensor);
      this.#values.set(index, { ...this.#value(index), shape: this.#builder.tensor(tensor).shape });
    });
  }

  /** Marks a file tensor as the model's output number `position`, in the file's type. */
  output(index: number, position: number, taken: ReadonlySet<number>): number {
    const value = this.#value(index);
    let tensor = this.#own.get(index);
    if (tensor === undefined) {
      tensor = this.tensor(index);
      if (value.type === "UINT8") {
        tensor = this.#requantize(`OUTPUT_${position}`, tensor, { name: value.name, ...ownType(value) });
        this.#own.set(index, tensor);
      }
    }
    if (value.data !== undefined || taken.has(tensor)) tensor = this.#copy(`OUTPUT_${position}/copy`, tensor);
    this.#builder.output(tensor);
    return tensor;
  }

  /** A model output must be computed by a node of its own, so a constant, an input or a repetition is copied. */
  #copy(name: string, tensor: number): number {
    const { dtype, shape, quantization } = this.#builder.tensor(tensor);
    const outputs = [{ name: `${this.#builder.tensor(tensor).name}/copy`, dtype, quantization }];
    const spec = { op: "reshape", name, numerics: "tflite", inputs: [tensor], attributes: { shape }, outputs } as const;
    return this.#builder.node(spec)[0] as number;
  }

  #shift(index: number, own: number): number {
    const value = this.#value(index);
    const name = `${value.name}/int8`;
    return this.#requantize(name, own, { name, dtype: "int8", quantization: graphQuantization(value) });
  }

  /** Equal scales, zero points 128 apart: in "tflite" arithmetic exactly x ^ 0x80. */
  #requantize(name: string, input: number, output: NodeSpec["outputs"][number]): number {
    const attributes = { arithmetic: "profile" };
    const spec = {
      op: "requantize",
      name,
      numerics: "tflite",
      inputs: [input],
      attributes,
      outputs: [output],
    } as const;
    return this.#builder.node(spec)[0] as number;
  }

  #typed(name: string, value: Value): TensorType {
    const type = { name, dtype: graphType(value), shape: value.shape };
    const quantization = graphQuantization(value);
    return quantization === undefined ? type : { ...type, quantization };
  }

  /** uint8 data as int8: the sign bit flips. */
  #flipped(data: Uint8Array): Uint8Array {
    this.spend(data.byteLength);
    return data.map((byte) => byte ^ 0x80);
  }

  /** Accounts for work on constants that is about to be done. */
  spend(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) {
      throw new QbinFormatError(
        "tflite-malformed",
        "its operators share constants so often that they come to many times the file's length",
      );
    }
  }

  #value(index: number): Value {
    const value = this.#values.get(index);
    if (value === undefined) {
      throw new QbinFormatError("tflite-malformed", `tensor ${index} is read before it is computed`);
    }
    return value;
  }
}

function ownType(value: Value): { dtype: "uint8"; quantization: QuantizationParams } {
  const { scale, zeroPoint } = perTensor(value);
  return { dtype: "uint8", quantization: { scale: [scale], zeroPoint } };
}
