import { ShapeError, UnsupportedOpError } from "../../core/errors.js";
import type { Attributes } from "../../core/model.js";
import { sameQuantization } from "../../core/quantization.js";
import { checkShape, type Shape } from "../../core/shape.js";
import { type Layout, pictures, plain, valueShape } from "../common/layout.js";
import { cleanName } from "../common/text.js";
import type { NodeAttributes } from "./attributes.js";
import type { Constant, Numbers } from "./constant.js";
import type { FileNode } from "./file.js";
import type { ElementType, GraphWriter } from "./graph-writer.js";
import {
  constantOf,
  graphQuantization,
  graphType,
  integersOf,
  isByte,
  requireConstant,
  type Target,
  Value,
} from "./value.js";

/** One operator being converted: what it reads, and how its nodes are written. */
export class Call {
  readonly kind: string;
  /** The operator's name, or its type and number where it has none. */
  readonly name: string;
  readonly attributes: NodeAttributes;
  /** Version of the operator set it was written for. */
  readonly opset: number;
  /** How many outputs the operator has, and which of them are wanted. */
  readonly outputs: readonly boolean[];
  readonly results: (Value | undefined)[] = [];
  readonly #node: FileNode;
  readonly #inputs: readonly (Value | undefined)[];
  readonly #writer: GraphWriter;
  readonly #target: Target | undefined;
  /** Whether float32 activations are to be quantized while the model runs, because its weights are of 8 bits. */
  readonly isDynamic: boolean;

  /** @param target what the results are; default: what input 0 is */
  constructor(
    node: FileNode,
    inputs: readonly (Value | undefined)[],
    outputs: readonly boolean[],
    opset: number,
    writer: GraphWriter,
    target?: Target,
    isDynamic = false,
  ) {
    this.kind = node.kind;
    this.name = node.name === "" ? `${node.kind}_${node.index}` : node.name;
    this.attributes = node.attributes;
    this.opset = opset;
    this.outputs = outputs;
    this.#node = node;
    this.#inputs = inputs;
    this.#writer = writer;
    this.#target = target;
    this.isDynamic = isDynamic;
  }

  /** Whether it multiplies and adds integers: its input 0 and its weights are of 8 bits. */
  get isQuantized(): boolean {
    return isByte(this.value(0).type);
  }

  /** What the results are. */
  get target(): Target {
    return this.#target ?? this.value(0);
  }

  /** The results' type in the graph. */
  targetType(): ElementType {
    return { dtype: graphType(this.target.type, this.value(0).label), quantization: graphQuantization(this.target) };
  }

  /** A constant vector with `trailing` axes of 1 behind it, so that it lines up with channels. */
  column(value: Value, trailing: number): Value {
    const { type, data } = requireConstant(value, value.name);
    const shape = [data.length, ...new Array<number>(trailing).fill(1)];
    return new Value(value.name, type, shape, { type, shape, data });
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

  /** The numbers of an input that has to be known while importing. */
  constant(i: number, role: string): Constant {
    return requireConstant(this.value(i), role);
  }

  integers(i: number, role: string): number[] {
    return integersOf(this.value(i), role);
  }

  /** The one number of a constant input, or `otherwise` where it is absent. */
  scalar(i: number, role: string, otherwise: number): number {
    if (!this.has(i)) return otherwise;
    const { data } = this.constant(i, role);
    if (data.length !== 1) throw new ShapeError(`its ${role} has ${data.length} elements, not one`);
    return data[0] as number;
  }

  /** What older operator sets have as an attribute and newer ones as input `i`. */
  integersFrom(attribute: string, i: number, role: string): number[] | undefined {
    return this.has(i) ? this.integers(i, role) : this.attributes.ints(attribute);
  }

  /** An axis of a value, counted from the end when negative. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
      throw new ShapeError(`axis ${axis} is outside a tensor of rank ${rank}`);
    }
    return positive;
  }

  /** The layout in which windows slide over input `i`. */
  pictures(i: number): Layout {
    const layout = pictures(this.value(i).rank);
    if (layout === undefined) {
      const spatial = this.value(i).rank - 2;
      throw new UnsupportedOpError("rank", `it works along ${spatial} axes; 1 and 2 are supported`);
    }
    return layout;
  }

  /** Graph tensor of input `i` in a layout; data moves if it is not there in that yet. */
  tensor(i: number, layout: Layout): number {
    return this.#writer.tensor(this.value(i), layout);
  }

  /** Graph tensor of any value. */
  tensorOf(value: Value, layout: Layout): number {
    return this.#writer.tensor(value, layout);
  }

  /** Name of output `i`, "" where it has none. */
  outputName(i: number): string {
    return cleanName(this.#node.outputs[i] ?? "");
  }

  /** Zeros for constants to be computed. */
  allocate(type: string, shape: Shape): Numbers {
    return this.#writer.allocate(type, shape);
  }

  /** A constant that converters make: repacked weights, factors. */
  parameter(role: string, constant: Constant, type?: ElementType): number {
    return this.#writer.numbers(`${this.name}/${role}`, constant, type);
  }

  /**
   * Input `i`, repacked: `constant`, whose axis `axis` counts output channels now. Weights of 8 bits keep their scales.
   */
  weights(i: number, constant: Constant, axis: number): number {
    const quantization = graphQuantization(this.value(i), axis);
    return this.parameter("weights", constant, quantization && { dtype: "int8", quantization });
  }

  /** The tensor with the scale and zero point of the results, which takes a node if it has others. */
  rescaled(tensor: number, suffix: string): number {
    const type = this.targetType();
    if (sameQuantization(this.#writer.elementType(tensor).quantization, type.quantization)) return tensor;
    const name = `${this.name}/${suffix}`;
    const attributes = { arithmetic: "profile" };
    return this.#writer.single({ op: "requantize", name, inputs: [tensor], attributes }, name, type);
  }

  graphShape(tensor: number): Shape {
    return this.#writer.shape(tensor);
  }

  /** Writes a node that leads up to the result; its type is that of its first input unless given. */
  helper(op: string, suffix: string, inputs: readonly number[], attributes: Attributes, type?: ElementType): number {
    const name = `${this.name}/${suffix}`;
    const as = type ?? this.#writer.elementType(inputs[0] as number);
    return this.#writer.single({ op, name, inputs, attributes: this.#signed(attributes, as) }, name, as);
  }

  /** Writes the node that computes output 0, which has `layout` then. */
  emit(op: string, inputs: readonly number[], attributes: Attributes, layout: Layout, type?: ElementType): void {
    this.emitAll(op, inputs, attributes, layout, 1, type);
  }

  /** Writes a node that computes the first `count` outputs, all in one layout. */
  emitAll(
    op: string,
    inputs: readonly number[],
    attributes: Attributes,
    layout: Layout,
    count: number,
    type: ElementType = this.targetType(),
  ): void {
    const outputs = Array.from({ length: count }, (_, i) => {
      const name = this.#node.outputs[i] || `${this.name}/${i}`;
      return { name: cleanName(name), ...type };
    });
    const spec = { op, name: this.name, inputs, attributes: this.#signed(attributes, type), outputs };
    this.#writer.node(spec).forEach((tensor, i) => {
      this.result(tensor, layout, i);
    });
  }

  /** Writes a node that computes output `i`, which is something else than the operator's target. */
  emitAs(target: Target, op: string, inputs: readonly number[], attributes: Attributes, layout: Layout, i = 0): void {
    const name = this.outputName(i) || `${this.name}/${i}`;
    const type = { dtype: graphType(target.type, "its result"), quantization: graphQuantization(target) };
    const node = i === 0 ? this.name : `${this.name}/${i}`;
    const spec = { op, name: node, inputs, attributes: this.#signed(attributes, type) };
    this.result(this.#writer.single(spec, name, type), layout, i, target);
  }

  /** Where the arithmetic of UINT8 values differs from that of INT8 ones, nodes have an attribute that says so. */
  #signed(attributes: Attributes, { quantization }: ElementType): Attributes {
    if (attributes.unsigned === undefined) return attributes;
    return { ...attributes, unsigned: quantization !== undefined && this.value(0).type === "UINT8" };
  }

  /** A value on the way to the result: a graph tensor, read in `layout`. */
  intermediate(tensor: number, layout: Layout): Value {
    const { type, name, quantization } = this.value(0);
    const shape = valueShape(layout, this.#writer.shape(tensor));
    return new Value(name, type, shape, undefined, { quantization, forms: [{ layout, tensor }] });
  }

  /** Makes a graph tensor, read in `layout`, output `i`. */
  result(tensor: number, layout: Layout, i = 0, target: Target = this.target): void {
    const shape = valueShape(layout, this.#writer.shape(tensor));
    const found = this.#writer.constant(tensor);
    const dtype = this.#writer.dtype(tensor);
    const { type: wanted, quantization } = target;
    const type = dtype === "float32" ? "FLOAT" : dtype === "int8" ? wanted : dtype.toUpperCase();
    const isPlain = layout.every((axis, g) => axis === g);
    const constant = found && isPlain ? constantOf(found, type) : undefined;
    const origin = { forms: [{ layout, tensor }], ...(dtype === "int8" && { quantization }) };
    const value = new Value(this.#node.outputs[i] ?? "", type, shape, constant, origin);
    // A constant in another layout is one in the file's order too.
    if (found === undefined || isPlain) this.results[i] = value;
    else this.#settle(value, i, type);
  }

  #settle(value: Value, i: number, type: string): void {
    const tensor = this.#writer.tensor(value, plain(value.rank));
    const constant = constantOf(this.#writer.constant(tensor)!, type);
    const { quantization, forms } = value;
    this.results[i] = new Value(value.name, type, value.shape, constant, { quantization, forms });
  }

  /** Output `i` is a value under another name. */
  alias(value: Value, i = 0): void {
    this.results[i] = value.named(this.#node.outputs[i] ?? "");
  }

  /** Output `i` is known. */
  known(constant: Constant, i = 0): void {
    const { type, shape } = constant;
    const quantization = type === this.#target?.type ? this.#target.quantization : undefined;
    this.results[i] = new Value(this.#node.outputs[i] ?? "", type, shape, constant, { quantization });
  }

  /** Output 0 has the numbers of input `i` with its axes renamed: `layout` says how the graph tensor holds them now. */
  rename(i: number, layout: Layout): void {
    const value = this.value(i);
    const tensor = this.#writer.tensor(value, value.layout);
    const shape = valueShape(layout, this.#writer.shape(tensor));
    checkShape(shape, "its output");
    const origin = { quantization: value.quantization, forms: [{ layout, tensor }] };
    this.results[0] = new Value(this.#node.outputs[0] ?? "", value.type, shape, undefined, origin);
  }
}
