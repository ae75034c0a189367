import { ShapeError, UnsupportedOpError } from "../../core/errors.js";
import type { Attributes, Numerics } from "../../core/model.js";
import { formatShape, type Shape } from "../../core/shape.js";
import { type Layout, pictures } from "../common/layout.js";
import type { NodeNote } from "../common/note.js";
import { cleanName, quote } from "../common/text.js";
import { type Blob, readBlob } from "./blob.js";
import type { FileLayer, Weights } from "./file.js";
import { type ElementType, type GraphWriter, REAL } from "./graph-writer.js";
import { typeOf } from "./ristretto.js";
import type { BlobMessage, Parameters } from "./schema.js";
import type { Grid, Value } from "./value.js";

/** One layer being converted: what it reads, its trained numbers, and how its nodes are written. */
export class Call {
  readonly type: string;
  readonly name: string;
  readonly topCount: number;
  readonly results: (Value | undefined)[] = [];
  /** Results that are the same memory as the first bottom in Caffe. */
  sharesMemory = false;
  /** Whether the only thing that becomes of the result is its ReLU. */
  readonly isRectified: boolean;
  readonly writer: GraphWriter;
  readonly #layer: FileLayer;
  readonly #values: readonly Value[];
  readonly #blobs: readonly BlobMessage[] | undefined;
  readonly #notes: NodeNote[];

  constructor(
    layer: FileLayer,
    values: readonly Value[],
    weights: Weights,
    writer: GraphWriter,
    notes: NodeNote[],
    isRectified = false,
  ) {
    this.type = layer.type;
    this.name = layer.name === "" ? `${cleanName(layer.type)}_${layer.index}` : layer.name;
    this.topCount = layer.tops.length;
    this.writer = writer;
    this.#layer = layer;
    this.#values = values;
    this.#blobs = weights.get(layer.message.name ?? "");
    this.#notes = notes;
    this.isRectified = isRectified;
  }

  /** The layer's own message. A field in it that is not known could mean anything, and is refused by name. */
  parameters<K extends keyof Parameters>(key: K): Parameters[K] {
    const message = this.#layer.message[key];
    const unknown = message.unknown[0];
    if (unknown !== undefined) {
      throw new UnsupportedOpError("parameter", `its parameter ${quote(cleanName(unknown))} is not known`);
    }
    return message;
  }

  get bottomCount(): number {
    return this.#values.length;
  }

  /** Throws unless the layer reads and makes as many values as are meant. */
  expect(bottoms: number, tops = 1): void {
    if (this.bottomCount === bottoms && this.topCount === tops) return;
    throw new ShapeError(
      `it has ${this.bottomCount} bottoms and ${this.topCount} tops, it must have ${bottoms} and ${tops}`,
    );
  }

  /** Bottom `i`, which must be there. */
  value(i: number): Value {
    const value = this.#values[i];
    if (value === undefined) throw new ShapeError(`bottom ${i} is missing`);
    return value;
  }

  /** Bottom `i` as float32. */
  real(i: number): Value {
    return this.writer.real(this.value(i));
  }

  get values(): readonly Value[] {
    return this.#values;
  }

  /** An axis of a value, counted from the end when negative. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive >= 0 && positive < rank) return positive;
    throw new ShapeError(`axis ${axis} is outside a blob of ${rank} axes`);
  }

  /** The layout in which windows slide over a value. */
  pictures({ shape }: Value): Layout {
    const layout = shape.length === 4 ? pictures(4) : undefined;
    if (layout === undefined) throw new ShapeError(`its bottom ${formatShape(shape)} must be [N,C,H,W]`);
    return layout;
  }

  /** How many trained blobs the layer has; none is an error. */
  get blobCount(): number {
    if (this.#blobs !== undefined) return this.#blobs.length;
    throw new UnsupportedOpError("weights", "the .caffemodel has no weights for it; is it the one of this network?");
  }

  blob(i: number, role: string): Blob {
    const message = this.blobCount > i ? this.#blobs?.[i] : undefined;
    if (message === undefined) {
      throw new ShapeError(`the .caffemodel has ${this.blobCount} blobs for it, its ${role} would be blob ${i}`);
    }
    return readBlob(message, `${role} of ${quote(this.name)}`);
  }

  /** Why a node of this layer does not compute in int8. */
  note(node: string, reason: string): void {
    this.#notes.push({ node, reason });
  }

  /** A constant that converters make: repacked weights, factors. */
  floats(role: string, shape: Shape, data: Float32Array): number {
    return this.writer.floats(`${this.name}/${role}`, shape, data);
  }

  scalar(role: string, x: number): number {
    return this.floats(role, [], Float32Array.of(x));
  }

  /** Writes a node that leads up to the result. */
  helper(
    op: string,
    suffix: string,
    inputs: readonly number[],
    attributes: Attributes,
    type: ElementType = REAL,
    numerics?: Numerics,
  ): number {
    return this.writer.single(op, `${this.name}/${suffix}`, inputs, attributes, type, numerics);
  }

  /** Writes the node that computes a result, by default the first and in float32. */
  emit(
    op: string,
    inputs: readonly number[],
    attributes: Attributes,
    layout: Layout,
    { type = REAL, grid, top = 0 }: { type?: ElementType; grid?: Grid | undefined; top?: number } = {},
  ): void {
    const name = top === 0 ? this.name : `${this.name}/${top}`;
    const [tensor] = this.writer.node(op, name, inputs, attributes, [this.#nameOf(top)], type) as [number];
    this.result(tensor, layout, { grid, top });
  }

  /** Writes a node whose results have the type of its first input: one that moves numbers, or chooses among them. */
  keep(
    op: string,
    inputs: readonly [number, ...number[]],
    attributes: Attributes,
    layout: Layout,
    grid: Grid | undefined,
  ): void {
    this.emit(op, inputs, attributes, layout, { type: this.writer.type(inputs[0]), grid });
  }

  /** `keep` for a node with all of the layer's results. */
  keepAll(op: string, input: number, attributes: Attributes, layout: Layout, grid: Grid | undefined): void {
    const names = Array.from({ length: this.topCount }, (_, top) => this.#nameOf(top));
    this.writer.node(op, this.name, [input], attributes, names, this.writer.type(input)).forEach((tensor, top) => {
      this.result(tensor, layout, { grid, top });
    });
  }

  #nameOf(top: number): string {
    return cleanName(this.#layer.tops[top] ?? `${this.name}/${top}`);
  }

  /**
   * Says how the result, which `emit` made in float32, comes straight from integers: by the same op, in profile "onnx", of
   * inputs as they are on their grids.
   */
  fromIntegers(op: string, inputs: readonly number[], attributes: Attributes, layout: Layout): void {
    const value = this.results[0] as Value;
    value.origin = {
      integers: ({ bits, fraction }, activation) => {
        const own = "activation" in attributes ? { ...attributes, activation } : attributes;
        const name = `${this.name}/${bits}bit`;
        const tensor = this.writer.single(op, name, inputs, own, typeOf({ bits, fraction }), "onnx");
        if (activation === "none" || "activation" in attributes) return tensor;
        return this.writer.single("relu", `${name}/relu`, [tensor], { activation }, this.writer.type(tensor));
      },
      layout,
      activation: "none",
    };
  }

  /** Whether all bottoms are integers of up to 8 bits. */
  get areBytes(): boolean {
    return this.#values.every(({ grid }) => grid !== undefined && grid.bits <= 8);
  }

  /** Makes a graph tensor, read in `layout`, a result. */
  result(tensor: number, layout: Layout, { grid, top = 0 }: { grid?: Grid | undefined; top?: number } = {}): void {
    this.results[top] = this.writer.value(this.#nameOf(top), tensor, layout, grid);
  }

  /** Result `top` is a value there is. */
  alias(value: Value, top = 0): void {
    this.results[top] = value;
  }
}
