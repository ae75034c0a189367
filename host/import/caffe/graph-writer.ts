import type { DType } from "../../core/dtype.js";
import type { Attributes, Numerics, Preprocessing } from "../../core/model.js";
import type { QuantizationParams } from "../../core/quantization.js";
import type { Shape } from "../../core/shape.js";
import type { GraphBuilder } from "../../graph/builder.js";
import { graphShape, type Layout, layoutKey, plain, valueShape } from "../common/layout.js";
import { type Form, type Mover, moved } from "../common/moved.js";
import { type Grid, type Ties, Value } from "./value.js";

/** What one element of a tensor is. */
export interface ElementType {
  readonly dtype: DType;
  readonly quantization?: QuantizationParams | undefined;
}

export const REAL: ElementType = { dtype: "float32" };

/**
 * Arithmetic of what is computed here: float nodes compute the same in every profile, and this one's integer products
 * round as Ristretto does (docs/import.md).
 */
export const NUMERICS: Numerics = "xnnpack";

/** Writes the graph: nodes, constants, and the moves from one layout to another. */
export class GraphWriter implements Mover {
  readonly #builder: GraphBuilder;
  readonly #channelsLast: boolean;

  /** How numbers are rounded to grids. */
  readonly ties: Ties;

  /** @param channelsLast whether the model's caller sees pictures as [N,H,W,C] */
  constructor(builder: GraphBuilder, channelsLast: boolean, ties: Ties) {
    this.#builder = builder;
    this.#channelsLast = channelsLast;
    this.ties = ties;
  }

  shape(tensor: number): Shape {
    return this.#builder.tensor(tensor).shape;
  }

  type(tensor: number): ElementType {
    const { dtype, quantization } = this.#builder.tensor(tensor);
    return { dtype, quantization };
  }

  /** The layout in which the model's caller sees an input or output. */
  #endLayout(rank: number): Layout {
    return this.#channelsLast && rank === 4 ? [0, 2, 3, 1] : plain(rank);
  }

  /** Adds a model input. */
  input(name: string, shape: Shape, preprocessing: Omit<Preprocessing, "layout"> | undefined): Value {
    const layout = this.#endLayout(shape.length);
    const order = this.#channelsLast ? "nhwc" : "nchw";
    const type = { name, dtype: "float32", shape: graphShape(layout, shape) } as const;
    const tensor = this.#builder.input(type, preprocessing && { ...preprocessing, layout: order });
    return new Value(name, shape, { layout, tensor });
  }

  /** Adds constant floats. */
  floats(name: string, shape: Shape, data: Float32Array): number {
    return this.constant(name, shape, data, REAL);
  }

  constant(name: string, shape: Shape, data: ArrayBufferView, type: ElementType): number {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const { dtype, quantization } = type;
    return this.#builder.constant({ name, dtype, shape, ...(quantization && { quantization }) }, bytes);
  }

  /** Adds a node with outputs of one type; returns their tensors. Profile "tflite" alone has int16, and integer relu. */
  node(
    op: string,
    name: string,
    inputs: readonly number[],
    attributes: Attributes,
    outputs: readonly string[],
    { dtype, quantization }: ElementType,
    wanted: Numerics = NUMERICS,
  ): number[] {
    const types = outputs.map((output) => ({ name: output, dtype, ...(quantization && { quantization }) }));
    const isWide = dtype === "int16" || inputs.some((input) => input !== -1 && this.type(input).dtype === "int16");
    const numerics = isWide || (op === "relu" && quantization !== undefined) ? "tflite" : wanted;
    return this.#builder.node({ op, name, numerics, inputs, attributes, outputs: types });
  }

  /** The same with one output of the node's name. */
  single(
    op: string,
    name: string,
    inputs: readonly number[],
    attributes: Attributes,
    type: ElementType,
    numerics?: Numerics,
  ): number {
    return this.node(op, name, inputs, attributes, [name], type, numerics)[0] as number;
  }

  /** The value that a graph tensor holds, read in `layout`. */
  value(name: string, tensor: number, layout: Layout, grid?: Grid): Value {
    return new Value(name, valueShape(layout, this.shape(tensor)), { layout, tensor }, grid);
  }

  /** The graph tensor that holds `value` in `layout`; made if there is none yet, which may move data. */
  tensor(value: Value, layout: Layout): number {
    const key = layoutKey(layout);
    const known = value.forms.find((form) => layoutKey(form.layout) === key);
    if (known !== undefined) return known.tensor;
    const tensor = moved(this, value, layout);
    value.forms.push({ layout, tensor });
    return tensor;
  }

  reshape(tensor: number, shape: Shape, name: string): number {
    return this.single("reshape", name, [tensor], { shape }, this.type(tensor));
  }

  transpose(tensor: number, permutation: readonly number[], name: string): number {
    return this.single("transpose", name, [tensor], { permutation }, this.type(tensor));
  }

  /** `value` as float32: the integers of a grid times what their last bit is worth, which float32 holds exactly. */
  real(value: Value): Value {
    if (value.grid === undefined) return value;
    if (value.real === undefined) {
      const { layout, tensor } = value.forms[0] as Form;
      const real = this.single("dequantize", `${value.name}/real`, [tensor], {}, REAL);
      value.real = new Value(value.name, value.shape, { layout, tensor: real });
    }
    return value.real;
  }

  /**
   * Marks a value as the model's next output, as float32; returns its tensor. An output is computed by a node of its
   * own, so an input, or what is an output already, is copied.
   */
  output(value: Value, taken: ReadonlySet<number>): number {
    const moved = this.tensor(value, this.#endLayout(value.rank));
    const shape = this.shape(moved);
    const output =
      value.grid !== undefined
        ? this.single("dequantize", `${value.name}/real`, [moved], {}, REAL)
        : taken.has(moved)
          ? this.single("reshape", `${value.name}/copy`, [moved], { shape }, REAL)
          : moved;
    this.#builder.output(output);
    return output;
  }
}
