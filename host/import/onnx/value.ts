import { type DType, elementsOf } from "../../core/dtype.js";
import { ShapeError, UnsupportedOpError } from "../../core/errors.js";
import type { Tensor } from "../../core/model.js";
import { elementCount, type Shape } from "../../core/shape.js";
import { cleanName, quote } from "../common/text.js";
import type { Constant } from "./constant.js";
import type { Layout } from "./layout.js";

/** A graph tensor that holds a value. */
export interface Form {
  readonly layout: Layout;
  readonly tensor: number;
}

/**
 * A value of the file as it is known while importing: either a constant, or one or more graph tensors that hold the
 * same numbers in different layouts. `shape` is in the file's order of axes.
 */
export class Value {
  readonly name: string;
  /** ONNX's name of the element type. */
  readonly type: string;
  readonly shape: Shape;
  readonly constant: Constant | undefined;
  /** The first is the one it was computed in; others are made when somebody asks. */
  readonly forms: Form[] = [];

  constructor(name: string, type: string, shape: Shape, constant?: Constant) {
    this.name = cleanName(name);
    this.type = type;
    this.shape = shape;
    this.constant = constant;
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

/** The type a value has in the graph. Half-precision floats are computed as float32; other types are refused by name. */
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
    default:
      throw new UnsupportedOpError("tensor-type", `tensor ${label} is ${type}`);
  }
}

/** A graph tensor's data as a constant of the importer. */
export function constantOf({ dtype, shape, data }: Tensor, type: string): Constant | undefined {
  if (data === undefined) return undefined;
  const elements = elementsOf(dtype, data);
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
