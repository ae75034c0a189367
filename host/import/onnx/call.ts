import type { DType } from "../../core/dtype.js";
import { ShapeError, UnsupportedOpError } from "../../core/errors.js";
import type { Attributes } from "../../core/model.js";
import { checkShape, type Shape } from "../../core/shape.js";
import { cleanName } from "../common/text.js";
import type { NodeAttributes } from "./attributes.js";
import type { Constant } from "./constant.js";
import type { FileNode } from "./file.js";
import type { GraphWriter } from "./graph-writer.js";
import { type Layout, pictures, plain, valueShape } from "./layout.js";
import { constantOf, graphType, integersOf, requireConstant, Value } from "./value.js";

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

  constructor(
    node: FileNode,
    inputs: readonly (Value | undefined)[],
    outputs: readonly boolean[],
    opset: number,
    writer: GraphWriter,
  ) {
    this.kind = node.kind;
    this.name = node.name === "" ? `${node.kind}_${node.index}` : node.name;
    this.attributes = node.attributes;
    this.opset = opset;
    this.outputs = outputs;
    this.#node = node;
    this.#inputs = inputs;
    this.#writer = writer;
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

  /** A constant that converters make: repacked weights, factors. */
  parameter(role: string, constant: Constant, dtype?: DType): number {
    return this.#writer.numbers(`${this.name}/${role}`, constant, dtype);
  }

  graphShape(tensor: number): Shape {
    return this.#writer.shape(tensor);
  }

  /** Writes a node that leads up to the result. */
  helper(
    op: string,
    suffix: string,
    inputs: readonly number[],
    attributes: Attributes,
    dtype: DType = "float32",
  ): number {
    const name = `${this.name}/${suffix}`;
    return this.#writer.single({ op, name, inputs, attributes }, name, dtype);
  }

  /** Writes the node that computes output 0, which has `layout` then. */
  emit(op: string, inputs: readonly number[], attributes: Attributes, layout: Layout, dtype?: DType): void {
    this.emitAll(op, inputs, attributes, layout, 1, dtype);
  }

  /** Writes a node that computes the first `count` outputs, all in one layout. */
  emitAll(
    op: string,
    inputs: readonly number[],
    attributes: Attributes,
    layout: Layout,
    count: number,
    dtype: DType = graphType(this.value(0).type, this.value(0).label),
  ): void {
    const outputs = Array.from({ length: count }, (_, i) => {
      const name = this.#node.outputs[i] || `${this.name}/${i}`;
      return { name: cleanName(name), dtype };
    });
    this.#writer.node({ op, name: this.name, inputs, attributes, outputs }).forEach((tensor, i) => {
      this.result(tensor, layout, i);
    });
  }

  /** A value on the way to the result: a graph tensor, read in `layout`. */
  intermediate(tensor: number, layout: Layout): Value {
    const { type, name } = this.value(0);
    const value = new Value(name, type, valueShape(layout, this.#writer.shape(tensor)));
    value.forms.push({ layout, tensor });
    return value;
  }

  /** Makes a graph tensor, read in `layout`, output `i`. */
  result(tensor: number, layout: Layout, i = 0): void {
    const shape = valueShape(layout, this.#writer.shape(tensor));
    const found = this.#writer.constant(tensor);
    const dtype = this.#writer.dtype(tensor);
    const type = dtype === "float32" ? "FLOAT" : dtype.toUpperCase();
    const isPlain = layout.every((axis, g) => axis === g);
    const constant = found && isPlain ? constantOf(found, type) : undefined;
    const value = new Value(this.#node.outputs[i] ?? "", type, shape, constant);
    value.forms.push({ layout, tensor });
    // A constant in another layout is one in the file's order too.
    if (found === undefined || isPlain) this.results[i] = value;
    else this.#settle(value, i, type);
  }

  #settle(value: Value, i: number, type: string): void {
    const tensor = this.#writer.tensor(value, plain(value.rank));
    const constant = constantOf(this.#writer.constant(tensor)!, type);
    const settled = new Value(value.name, type, value.shape, constant);
    settled.forms.push(...value.forms);
    this.results[i] = settled;
  }

  /** Output `i` is a value under another name. */
  alias(value: Value, i = 0): void {
    const alias = new Value(this.#node.outputs[i] ?? "", value.type, value.shape, value.constant);
    alias.forms.push(...value.forms);
    this.results[i] = alias;
  }

  /** Output `i` is known. */
  known(constant: Constant, i = 0): void {
    this.results[i] = new Value(this.#node.outputs[i] ?? "", constant.type, constant.shape, constant);
  }

  /** Output 0 has the numbers of input `i` with its axes renamed: `layout` says how the graph tensor holds them now. */
  rename(i: number, layout: Layout): void {
    const value = this.value(i);
    const tensor = this.#writer.tensor(value, value.layout);
    const shape = valueShape(layout, this.#writer.shape(tensor));
    checkShape(shape, "its output");
    const renamed = new Value(this.#node.outputs[0] ?? "", value.type, shape);
    renamed.forms.push({ layout, tensor });
    this.results[0] = renamed;
  }
}
