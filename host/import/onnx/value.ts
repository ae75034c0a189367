import { type DType, elementsOf } from "../../core/dtype.js";
import { ShapeError, UnsupportedOpError } from "../../core/errors.js";
import type { Tensor } from "../../core/model.js";
import type { QuantizationParams } from "../../core/quantization.js";
import { elementCount, type Shape } from "../../core/shape.js";
import type { Layout } from "../common/layout.js";
import type { Form } from "../common/moved.js";
import { cleanName, quote } from "../common/text.js";
import type { Constant } from "./constant.js";

/**
 * real = scale · (q − zeroPoint), in the file's own type: zero points of UINT8 values are 0 to 255. Without `axis` one of
 * each, else one per index of that axis of the ONNX value.
 */
export interface Quantization {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly axis?: number;
}

/** What a value is, without its numbers. `quantization` is absent for types that have none. */
export interface Target {
  readonly type: string;
  readonly quantization?: Quantization | undefined;
}

/** What a value of 8 bits has where the file gives it no scale: its numbers are what they are. */
export const RAW: Quantization = { scale: [1], zeroPoint: [0] };

/**
 * A value of the file as it is known while importing: either a constant, or one or more graph tensors that hold the
 * same numbers in different layouts. `shape` is in the file's order of axes.
 */
export class Value {
  readonly name: string;
  /** ONNX's name of the element type. */
  readonly type: string;
  readonly shape: Shape;
  /** Of values of 8 bits, and of biases. */
  readonly quantization: Quantization | undefined;
  /** The quantized value that this one is, dequantized: who can reads that instead. */
  readonly source: Value | undefined;
  /** The first is the one it was computed in; others are made when somebody asks. */
  readonly forms: Form[];
  #constant: Constant | (() => Constant) | undefined;

  /**
   * @param constant its numbers if they are known, or what computes them when they are first asked for
   * @param origin what else is known, and the forms of a value that this is another name for
   */
  constructor(
    name: string,
    type: string,
    shape: Shape,
    constant?: Constant | (() => Constant),
    origin: { quantization?: Quantization | undefined; source?: Value | undefined; forms?: Form[] } = {},
  ) {
    this.name = cleanName(name);
    this.type = type;
    this.shape = shape;
    this.quantization = origin.quantization;
    this.source = origin.source;
    this.forms = origin.forms ?? [];
    this.#constant = constant;
  }

  get constant(): Constant | undefined {
    if (typeof this.#constant === "function") this.#constant = this.#constant();
    return this.#constant;
  }

  /** Whether `constant` is there, without computing it. */
  get isConstant(): boolean {
    return this.#constant !== undefined;
  }

  /** The same value under another name. */
  named(name: string): Value {
    const { type, shape, quantization, source, forms } = this;
    return new Value(name, type, shape, this.#constant, { quantization, source, forms });
  }

  get rank(): number {
    return this.shape.length;
  }

  /** The layout it was computed in, in which reading it costs nothing. */
  get layout(): Layout {
    return this.forms[0]?.layout ?? this.shape.map((_, i) => i);
  }

  /** `name` in quotes, for messages. */
  get label(): string {
    return quote(this.name);
  }
}

/** Whether a type is one of the two that int8 nodes compute on. */
export function isByte(type: string): boolean {
  return type === "INT8" || type === "UINT8";
}

/** How far values of a type move to become int8; zero points move along. */
export function shiftOf(type: string): number {
  return type === "UINT8" ? 128 : 0;
}

/**
 * Quantization of values of 8 bits as int8 tensors have it; `axis` is where those with a scale per index have them.
 * Undefined for other types.
 */
export function graphQuantization({ type, quantization = RAW }: Target, axis?: number): QuantizationParams | undefined {
  if (!isByte(type)) return undefined;
  const { scale } = quantization;
  const zeroPoint = (quantization.zeroPoint[0] as number) - shiftOf(type);
  return quantization.axis === undefined || axis === undefined ? { scale, zeroPoint } : { scale, zeroPoint, axis };
}

/**
 * The type a value has in the graph. Half-precision floats are computed as float32, uint8 values as int8 after 128 is
 * subtracted; other types are refused by name.
 */
export function graphType(type: string, label: string): DType {
  switch (type) {
    case "FLOAT":
    case "FLOAT16":
    case "BFLOAT16":
      return "float32";
    case "INT32":
      return "int32";
    case "INT64":
      return "int64";
    case "INT8":
    case "UINT8":
      return "int8";
    default:
      throw new UnsupportedOpError("tensor-type", `tensor ${label} is ${type}`);
  }
}

/** A graph tensor's data as a constant of the importer. */
export function constantOf({ dtype, shape, data }: Tensor, type: string): Constant | undefined {
  if (data === undefined) return undefined;
  const elements = elementsOf(dtype, data);
  if (type === "UINT8" && dtype === "int8")
    return { type, shape, data: Uint8Array.from(elements as Int8Array, (x) => x + 128) };
  return { type, shape, data: elements instanceof BigInt64Array ? Float64Array.from(elements, Number) : elements };
}

/** The numbers of a value that has to be known while importing: a weight, a bound, an axis. */
export function requireConstant(value: Value, role: string): Constant {
  if (value.constant === undefined) {
    throw new UnsupportedOpError("computed-parameter", `its ${role} ${value.label} is computed at run time`);
  }
  return value.constant;
}

/** Axes, sizes, permutations: integers of a constant vector. */
export function integersOf(value: Value, role: string): number[] {
  const { type, shape, data } = requireConstant(value, role);
  if (type !== "INT32" && type !== "INT64") {
    throw new UnsupportedOpError("tensor-type", `its ${role} ${value.label} is ${type}, it must be INT32 or INT64`);
  }
  if (elementCount(shape) > 1024) throw new ShapeError(`its ${role} ${value.label} has ${data.length} entries`);
  return Array.from(data);
}
