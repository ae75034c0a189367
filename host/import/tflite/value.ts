import type { DType } from "../../core/dtype.js";
import { QuantizationError, ShapeError, UnsupportedOpError, UsageError } from "../../core/errors.js";
import type { QuantizationParams } from "../../core/quantization.js";
import { checkShape, elementCount, formatShape, type Shape } from "../../core/shape.js";
import { quote } from "../common/text.js";
import type { FileQuantization, FileTensor } from "./file.js";

/**
 * A tensor of the file as it is known while importing: type and quantization are the file's (decisions about numerics
 * are about those), the shape is what inference found. `data` is present for constants, in the file's own type.
 */
export interface Value {
  readonly name: string;
  readonly type: string;
  readonly shape: Shape;
  readonly quantization: FileQuantization | undefined;
  readonly data: Uint8Array | undefined;
  /** What a float32 constant was dequantized from: weights stay stored like that. */
  readonly stored?: Value;
}

/** Bytes per element of the types that constants are evaluated in. FLOAT16 is only ever turned into FLOAT32. */
export const TYPE_BYTES: Readonly<Record<string, number>> = {
  INT8: 1,
  UINT8: 1,
  BOOL: 1,
  FLOAT16: 2,
  INT16: 2,
  INT32: 4,
  FLOAT32: 4,
  INT64: 8,
};

/** The type a tensor has in the graph: uint8 becomes int8. Other types are refused by name. */
export function graphType(value: Pick<Value, "name" | "type">): DType {
  switch (value.type) {
    case "INT8":
    case "UINT8":
      return "int8";
    case "INT16":
      return "int16";
    case "INT32":
      return "int32";
    case "INT64":
      return "int64";
    case "FLOAT32":
      return "float32";
    default:
      throw new UnsupportedOpError("tensor-type", `tensor ${quote(value.name)} is ${value.type}`);
  }
}

export function isQuantized(value: Pick<Value, "type">): boolean {
  return value.type === "INT8" || value.type === "UINT8" || value.type === "INT16";
}

/** Scale and zero point of an activation, which has one of each. */
export function perTensor(value: Value): { scale: number; zeroPoint: number } {
  const q = value.quantization;
  if (q === undefined) throw new QuantizationError(`tensor ${quote(value.name)} is ${value.type} without a scale`);
  if (q.scale.length !== 1) {
    throw new QuantizationError(`tensor ${quote(value.name)} has ${q.scale.length} scales; activations have one`);
  }
  return { scale: q.scale[0] as number, zeroPoint: q.zeroPoint[0] ?? 0 };
}

/** How far uint8 values move to become int8; zero points move along. */
export function shiftOf(value: Pick<Value, "type">): number {
  return value.type === "UINT8" ? 128 : 0;
}

/** Quantization of an activation in the graph; undefined for types that are not quantized. */
export function graphQuantization(value: Value): QuantizationParams | undefined {
  if (!isQuantized(value)) return undefined;
  const { scale, zeroPoint } = perTensor(value);
  return { scale: [scale], zeroPoint: zeroPoint - shiftOf(value) };
}

/** The integers of an INT32 or INT64 constant: axes, sizes, permutations. */
export function integers(value: Value, role: string): number[] {
  const { data, type, name } = value;
  if (data === undefined) throw new UnsupportedOpError("computed-parameter", `its ${role} is computed at run time`);
  if (type !== "INT32" && type !== "INT64") {
    throw new UnsupportedOpError("tensor-type", `its ${role} ${quote(name)} is ${type}, it must be INT32 or INT64`);
  }
  checkData(value);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = elementCount(value.shape);
  if (count > 1024) throw new ShapeError(`its ${role} ${quote(name)} has ${count} entries`);
  return Array.from({ length: count }, (_, i) =>
    type === "INT32" ? view.getInt32(4 * i, true) : Number(view.getBigInt64(8 * i, true)),
  );
}

/** Throws unless a constant has as many bytes as its shape and type say. Zero elements are fine here. */
export function checkData(value: Value): void {
  const size = TYPE_BYTES[value.type];
  if (size === undefined) graphType(value);
  const count = elementCount(value.shape);
  if (count !== 0) checkShape(value.shape, `tensor ${quote(value.name)}`);
  if (value.data?.byteLength !== count * (size as number)) {
    const bytes = `${value.data?.byteLength ?? 0} bytes of data for ${count} elements of ${value.type}`;
    throw new ShapeError(`tensor ${quote(value.name)} has ${bytes}`);
  }
}

/**
 * The shape of a model input. A dynamic batch becomes 1 and another dynamic dimension what the file shows in its place,
 * which is what TFLite runs with unless told otherwise; `wanted` tells otherwise, in dynamic dimensions alone.
 */
export function inputShape(tensor: FileTensor, wanted?: readonly number[]): Shape {
  const signature = tensor.signature?.length === tensor.shape.length ? tensor.signature : tensor.shape;
  const pinned = tensor.shape.map((dimension, axis) => (axis === 0 && (signature[0] as number) < 0 ? 1 : dimension));
  if (wanted === undefined) return pinned;
  const fits =
    wanted.length === pinned.length && wanted.every((d, i) => d === pinned[i] || (signature[i] as number) < 0);
  if (fits) return [...wanted];
  throw new UsageError(`input ${quote(tensor.name)} is ${formatShape(signature)} and cannot be ${formatShape(wanted)}`);
}

/** Whether two values have the same scales and zero points. */
export function sameParameters(a: Value, b: Value): boolean {
  const [x, y] = [perTensor(a), perTensor(b)];
  return x.scale === y.scale && x.zeroPoint === y.zeroPoint;
}
