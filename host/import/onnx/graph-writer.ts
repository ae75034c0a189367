import { type DType, elementsOf } from "../../core/dtype.js";
import { UnsupportedOpError } from "../../core/errors.js";
import type { Attributes, Numerics, Tensor, TensorType } from "../../core/model.js";
import { workOf } from "../../core/op.js";
import type { QuantizationParams } from "../../core/quantization.js";
import { elementCount, type Shape } from "../../core/shape.js";
import type { GraphBuilder, OutputType } from "../../graph/builder.js";
import { checkOutputs, inferNode } from "../../graph/verify-node.js";
import { findOp } from "../../ops/index.js";
import { runNode } from "../../reference/index.js";
import { graphShape, isPlain, type Layout, layoutKey, plain } from "../common/layout.js";
import { type Mover, moved } from "../common/moved.js";
import { permuted } from "../common/permute.js";
import { quote } from "../common/text.js";
import type { Budget } from "./budget.js";
import { allocate, type Constant, elementBytes, type Numbers } from "./constant.js";
import { graphQuantization, graphType, shiftOf, type Value } from "./value.js";

/** A node to be written; outputs are named and typed, their shapes inferred. */
export interface WriterNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly number[];
  readonly attributes: Attributes;
  readonly outputs: readonly OutputType[];
  /** For nodes that are not to have the numerics their types decide. */
  readonly numerics?: Numerics;
}

/** Float nodes and moves compute the same in every profile; this is the one files may name. */
const PLAIN_NUMERICS: Numerics = "xnnpack";

/** A tensor's type without shape and data: what another tensor takes over. */
export type ElementType = Pick<OutputType, "dtype" | "quantization">;

/** Writes the graph: nodes, constants where they are needed, and the moves from one layout to another. */
export class GraphWriter implements Mover {
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

  elementType(tensor: number): ElementType {
    const { dtype, quantization } = this.#builder.tensor(tensor);
    return { dtype, quantization };
  }

  /** How many nodes there are. */
  get nodeCount(): number {
    return this.#builder.nodeCount;
  }

  /** The graph tensor if it is a constant, else undefined. */
  constant(tensor: number): Tensor | undefined {
    const found = this.#builder.tensor(tensor);
    return found.data === undefined ? undefined : found;
  }

  /** Zeros for a constant of this shape, paid for. */
  allocate(type: string, shape: Shape): Numbers {
    const count = elementCount(shape);
    this.#budget.bytes(count * elementBytes(type));
    this.#budget.work(count);
    return allocate(type, count);
  }

  /** Adds a model input; returns its tensor, which is uint8 where the file's is. Nodes read that shifted to int8. */
  input(value: Value): number {
    const layout = this.#endLayout(value.rank);
    const dtype = graphType(value.type, value.label);
    const quantization = graphQuantization(value);
    const type = { name: value.name, shape: graphShape(layout, value.shape) };
    if (value.type !== "UINT8" || quantization === undefined) {
      const tensor = this.#builder.input({ ...type, dtype, ...(quantization && { quantization }) });
      value.forms.push({ layout, tensor });
      return tensor;
    }
    const tensor = this.#builder.input({ ...type, ...unshifted(quantization) });
    const shifted = this.#shifted(`${value.name}/int8`, tensor, { dtype, quantization });
    value.forms.push({ layout, tensor: shifted });
    return tensor;
  }

  /** Between int8 and uint8 of equal scales, zero points 128 apart. In "tflite" arithmetic that is x ^ 0x80, exactly. */
  #shifted(name: string, input: number, type: ElementType): number {
    const attributes = { arithmetic: "profile" };
    return this.single({ op: "requantize", name, numerics: "tflite", inputs: [input], attributes }, name, type);
  }

  /** Adds constant numbers under a name; `type` is what the graph needs them as. UINT8 numbers become int8. */
  numbers(
    name: string,
    constant: Constant,
    { dtype, quantization }: ElementType = { dtype: graphType(constant.type, name) },
  ): number {
    const { shape, data } = constant;
    this.#budget.bytes(dtype === "int8" ? data.length : data.length * 8);
    const elements =
      dtype === "float32"
        ? data instanceof Float32Array
          ? data
          : Float32Array.from(data)
        : dtype === "int8"
          ? signedBytes(constant)
          : dtype === "int32"
            ? Int32Array.from(data)
            : BigInt64Array.from(data, (x) => bigInteger(x, name));
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    return this.#builder.constant({ name, dtype, shape, ...(quantization && { quantization }) }, bytes);
  }

  /**
   * Adds a node; returns its outputs. With nothing but constants to read it is computed here and now, by the op's
   * reference, and becomes constants.
   */
  node({ op, name, inputs: given, attributes, outputs, numerics }: WriterNode): number[] {
    const definition = findOp(op);
    if (definition === undefined) throw new UnsupportedOpError("unknown-op", `there is no op ${op}`);
    // Every input has a place, −1 where it is absent.
    const inputs = [
      ...given,
      ...definition.inputs.slice(given.length).flatMap((role) => (role.endsWith("?") ? [-1] : [])),
    ];
    const tensors = inputs.map((index) => (index === -1 ? undefined : this.#builder.tensor(index)));
    // Weights alone may be stored as integers: then nothing but their real values counts.
    const isQuantized =
      [tensors[0], ...outputs].some((tensor) => tensor?.quantization !== undefined) || attributes["mode"] !== undefined;
    const own = isQuantized && definition.numerics.includes("onnx") ? "onnx" : PLAIN_NUMERICS;
    const spec = { op, name, numerics: numerics ?? own, inputs, attributes, outputs };
    if (!tensors.some((tensor) => tensor !== undefined) || tensors.some((tensor) => tensor && !tensor.data)) {
      return this.#builder.node(spec);
    }
    const view = { ...spec, inputs: tensors };
    const shapes = inferNode(view);
    const types = outputs.map(({ name, dtype, quantization }, i): TensorType => {
      const type = { name, dtype, shape: shapes[i] ?? [] };
      return quantization === undefined ? type : { ...type, quantization };
    });
    checkOutputs(view, shapes, types);
    this.#budget.work(workOf(definition, tensors, attributes, types));
    return this.#compute(view, types);
  }

  /** The same, for a node with one output. */
  single(node: Omit<WriterNode, "outputs">, name: string, type: ElementType): number {
    return this.node({ ...node, outputs: [{ name, ...type }] })[0] as number;
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
    const tensor = this.#made(value, layout);
    value.forms.push({ layout, tensor });
    return tensor;
  }

  #made(value: Value, layout: Layout): number {
    if (value.isConstant) return this.#laidOut(value, layout);
    if (value.source === undefined && value.forms.length === 0) {
      throw new UnsupportedOpError("lost", `${value.label} is not computed`);
    }
    if (value.source === undefined || value.forms.length > 0) return moved(this, value, layout);
    const input = this.tensor(value.source, layout);
    const name = `${value.name}/float`;
    return this.single({ op: "dequantize", name, inputs: [input], attributes: {} }, name, { dtype: "float32" });
  }

  #laidOut(value: Value, layout: Layout): number {
    const { type, shape, data } = value.constant as Constant;
    const order = layout.filter((axis) => axis !== -1);
    const target = graphShape(layout, shape);
    const as = {
      dtype: graphType(type, value.label),
      quantization: graphQuantization(value, layout.indexOf(value.quantization?.axis ?? 0)),
    };
    if (isPlain(order)) return this.numbers(value.name, { type, shape: target, data }, as);
    this.#budget.bytes(data.byteLength);
    const result = allocate(type, data.length);
    permuted(data, shape, order, result);
    return this.numbers(value.name, { type, shape: target, data: result }, as);
  }

  reshape(tensor: number, shape: Shape, name: string): number {
    return this.single(
      { op: "reshape", name, inputs: [tensor], attributes: { shape } },
      name,
      this.elementType(tensor),
    );
  }

  transpose(tensor: number, permutation: readonly number[], name: string): number {
    const spec = { op: "transpose", name, inputs: [tensor], attributes: { permutation } };
    return this.single(spec, name, this.elementType(tensor));
  }

  /**
   * Marks a value as the model's next output; returns its tensor. An output is computed by a node of its own, so a
   * constant, an input or what is an output already is copied. UINT8 values come out as uint8.
   */
  output(value: Value, taken: ReadonlySet<number>): number {
    // Numbers of types that the graph does not have are kept as float32, and nobody outside could tell.
    graphType(value.type, value.label);
    const tensor = this.tensor(value, this.#endLayout(value.rank));
    const output = this.#shown(value, tensor, taken);
    this.#builder.output(output);
    return output;
  }

  #shown(value: Value, tensor: number, taken: ReadonlySet<number>): number {
    const { quantization } = this.#builder.tensor(tensor);
    const isFree = this.constant(tensor) === undefined && !taken.has(tensor);
    if (value.type !== "UINT8" || quantization === undefined) {
      return isFree ? tensor : this.#copy(tensor, `${value.name}/copy`);
    }
    const name = `${value.name}/uint8`;
    const movable = this.constant(tensor) === undefined ? tensor : this.#copy(tensor, `${value.name}/copy`);
    return this.#shifted(name, movable, unshifted(quantization));
  }

  #copy(tensor: number, name: string): number {
    const { shape, ...type } = this.#builder.tensor(tensor);
    const { dtype, quantization } = type;
    const spec = { op: "reshape", name, numerics: PLAIN_NUMERICS, inputs: [tensor], attributes: { shape } };
    return this.#builder.node({ ...spec, outputs: [{ name, dtype, quantization }] })[0] as number;
  }
}

/** Numbers of 8 bits as int8: those of UINT8 minus 128. */
function signedBytes({ type, data }: Constant): Int8Array {
  if (data instanceof Int8Array) return data;
  const shift = shiftOf(type);
  const result = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = (data[i] as number) - shift;
  return result;
}

/** The type of a uint8 tensor whose int8 twin has `quantization`. */
function unshifted({ scale, zeroPoint }: QuantizationParams): { dtype: "uint8"; quantization: QuantizationParams } {
  return { dtype: "uint8", quantization: { scale, zeroPoint: zeroPoint + 128 } };
}

function bigInteger(x: number, name: string): bigint {
  if (Number.isSafeInteger(x)) return BigInt(x);
  throw new UnsupportedOpError("integer", `constant ${quote(name)} holds ${x}, which is no integer of up to 53 bits`);
}
