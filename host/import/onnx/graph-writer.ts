import { type DType, elementsOf } from "../../core/dtype.js";
import { UnsupportedOpError } from "../../core/errors.js";
import type { Attributes, Numerics, Tensor, TensorType } from "../../core/model.js";
import { workOf } from "../../core/op.js";
import { type Shape, sameShape } from "../../core/shape.js";
import type { GraphBuilder, OutputType } from "../../graph/builder.js";
import { checkOutputs, inferNode } from "../../graph/verify-node.js";
import { findOp } from "../../ops/index.js";
import { runNode } from "../../reference/index.js";
import { quote } from "../common/text.js";
import type { Budget } from "./budget.js";
import { allocate, type Constant } from "./constant.js";
import { permuted } from "./fold/permute.js";
import { graphShape, isPlain, type Layout, layoutKey, plain, significant } from "./layout.js";
import { graphType, type Value } from "./value.js";

/** A node to be written; outputs are named and typed, their shapes inferred. */
export interface WriterNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly number[];
  readonly attributes: Attributes;
  readonly outputs: readonly OutputType[];
}

/** Float nodes compute the same in every profile; this is the one files may name. */
export const NUMERICS: Numerics = "xnnpack";

/** Writes the graph: nodes, constants where they are needed, and the moves from one layout to another. */
export class GraphWriter {
  readonly #builder: GraphBuilder;
  readonly #budget: Budget;
  readonly #channelsLast: boolean;

  /** @param channelsLast whether the model's caller sees pictures as [N,H,W,C] */
  constructor(builder: GraphBuilder, budget: Budget, channelsLast: boolean) {
    this.#builder = builder;
    this.#budget = budget;
    this.#channelsLast = channelsLast;
  }

  /** The layout in which the model's caller sees an input or output. */
  #endLayout(rank: number): Layout {
    return this.#channelsLast && rank === 4 ? [0, 2, 3, 1] : plain(rank);
  }

  shape(tensor: number): Shape {
    return this.#builder.tensor(tensor).shape;
  }

  dtype(tensor: number): DType {
    return this.#builder.tensor(tensor).dtype;
  }

  /** The graph tensor if it is a constant, else undefined. */
  constant(tensor: number): Tensor | undefined {
    const found = this.#builder.tensor(tensor);
    return found.data === undefined ? undefined : found;
  }

  /** Adds a model input. */
  input(value: Value): void {
    const layout = this.#endLayout(value.rank);
    const type = { dtype: graphType(value.type, value.label), shape: graphShape(layout, value.shape) };
    value.forms.push({ layout, tensor: this.#builder.input({ name: value.name, ...type }) });
  }

  /** Adds constant numbers under a name; `dtype` is what the graph needs them as. */
  numbers(name: string, constant: Constant, dtype: DType = graphType(constant.type, name)): number {
    const { shape, data } = constant;
    this.#budget.bytes(data.length * 8);
    const elements =
      dtype === "float32"
        ? data instanceof Float32Array
          ? data
          : Float32Array.from(data)
        : dtype === "int32"
          ? Int32Array.from(data)
          : BigInt64Array.from(data, (x) => bigInteger(x, name));
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    return this.#builder.constant({ name, dtype, shape }, bytes);
  }

  /**
   * Adds a node; returns its outputs. With nothing but constants to read it is computed here and now, by the op's
   * reference, and becomes constants.
   */
  node({ op, name, inputs: given, attributes, outputs }: WriterNode): number[] {
    const definition = findOp(op);
    if (definition === undefined) throw new UnsupportedOpError("unknown-op", `there is no op ${op}`);
    // Every input has a place, −1 where it is absent.
    const inputs = [
      ...given,
      ...definition.inputs.slice(given.length).flatMap((role) => (role.endsWith("?") ? [-1] : [])),
    ];
    const spec = { op, name, numerics: NUMERICS, inputs, attributes, outputs };
    const tensors = inputs.map((index) => (index === -1 ? undefined : this.#builder.tensor(index)));
    if (!tensors.some((tensor) => tensor !== undefined) || tensors.some((tensor) => tensor && !tensor.data)) {
      return this.#builder.node(spec);
    }
    const view = { ...spec, inputs: tensors };
    const shapes = inferNode(view);
    const types = outputs.map(({ name, dtype }, i): TensorType => ({ name, dtype, shape: shapes[i] ?? [] }));
    checkOutputs(view, shapes, types);
    this.#budget.work(workOf(definition, tensors, attributes, types));
    return this.#compute(view, types);
  }

  /** The same, for a node with one output. */
  single(node: Omit<WriterNode, "outputs">, name: string, dtype: DType): number {
    return this.node({ ...node, outputs: [{ name, dtype }] })[0] as number;
  }

  #compute(view: Parameters<typeof inferNode>[0], outputs: readonly TensorType[]): number[] {
    const absent = { name: "absent", dtype: "float32", shape: [] } as const;
    const tensors = [...view.inputs.map((tensor) => tensor ?? absent), ...outputs];
    const values = view.inputs.map(
      (tensor) => tensor && { ...tensor, data: elementsOf(tensor.dtype, tensor.data as Uint8Array) },
    );
    const first = view.inputs.length;
    const node = {
      ...view,
      inputs: view.inputs.map((tensor, i) => (tensor === undefined ? -1 : i)),
      outputs: outputs.map((_, i) => first + i),
    };
    return runNode(node, tensors, values).map((data, i) => {
      this.#budget.bytes(data.byteLength);
      return this.#builder.constant(
        outputs[i] as TensorType,
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      );
    });
  }

  /** The graph tensor that holds `value` in `layout`; made if there is none yet, which may move data. */
  tensor(value: Value, layout: Layout): number {
    const key = layoutKey(layout);
    const known = value.forms.find((form) => layoutKey(form.layout) === key);
    if (known !== undefined) return known.tensor;
    const tensor = value.constant === undefined ? this.#moved(value, layout) : this.#laidOut(value, layout);
    value.forms.push({ layout, tensor });
    return tensor;
  }

  #laidOut({ name, constant }: Value, layout: Layout): number {
    const { type, shape, data } = constant as Constant;
    const order = layout.filter((axis) => axis !== -1);
    const target = graphShape(layout, shape);
    if (isPlain(order)) return this.numbers(name, { type, shape: target, data });
    this.#budget.bytes(data.byteLength);
    const result = allocate(type, data.length);
    permuted(data, shape, order, result);
    return this.numbers(name, { type, shape: target, data: result });
  }

  /** Moves data from the form that is nearest: often the axes that move have extent 1, and a reshape will do. */
  #moved(value: Value, layout: Layout): number {
    const wanted = layoutKey(significant(layout, value.shape));
    const near = value.forms.find((form) => layoutKey(significant(form.layout, value.shape)) === wanted);
    const from = near ?? value.forms[0];
    if (from === undefined) throw new UnsupportedOpError("lost", `${value.label} is not computed`);
    const name = `${value.name}/${isPlain(layout) ? "plain" : layout.filter((axis) => axis !== -1).join("")}`;
    const target = graphShape(layout, value.shape);
    if (near !== undefined) return this.#reshaped(near.tensor, target, name);
    const order = from.layout.filter((axis) => axis !== -1);
    const dense = this.#reshaped(from.tensor, graphShape(order, value.shape), `${name}/dense`);
    const permutation = layout.filter((axis) => axis !== -1).map((axis) => order.indexOf(axis));
    const dtype = this.#builder.tensor(dense).dtype;
    const spec = { op: "transpose", name, inputs: [dense], attributes: { permutation } };
    return this.#reshaped(this.single(spec, name, dtype), target, name);
  }

  #reshaped(tensor: number, shape: Shape, name: string): number {
    const { shape: from, dtype } = this.#builder.tensor(tensor);
    if (sameShape(from, shape)) return tensor;
    return this.single({ op: "reshape", name, inputs: [tensor], attributes: { shape } }, name, dtype);
  }

  /**
   * Marks a value as the model's next output; returns its tensor. An output is computed by a node of its own, so a
   * constant, an input or what is an output already is copied.
   */
  output(value: Value, taken: ReadonlySet<number>): number {
    const tensor = this.tensor(value, this.#endLayout(value.rank));
    const isFree = this.constant(tensor) === undefined && !taken.has(tensor);
    const output = isFree ? tensor : this.#copy(tensor, `${value.name}/copy`);
    this.#builder.output(output);
    return output;
  }

  #copy(tensor: number, name: string): number {
    const { shape, dtype } = this.#builder.tensor(tensor);
    const spec = { op: "reshape", name, numerics: NUMERICS, inputs: [tensor], attributes: { shape } };
    return this.#builder.node({ ...spec, outputs: [{ name, dtype }] })[0] as number;
  }
}

function bigInteger(x: number, name: string): bigint {
  if (Number.isSafeInteger(x)) return BigInt(x);
  throw new UnsupportedOpError("integer", `constant ${quote(name)} holds ${x}, which is no integer of up to 53 bits`);
}
