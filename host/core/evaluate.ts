import type { DType, TypedData } from "./dtype.js";
import { QbinError } from "./errors.js";
import type { Numerics, TensorType } from "./model.js";
import { elementCount, type Shape } from "./shape.js";

/** A tensor with its values, C order. */
export interface Value extends TensorType {
  readonly data: TypedData;
}

/** One node to compute: types are verified and output shapes inferred before. */
export interface ReferenceCall<A> {
  /** undefined where an optional input is absent. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly TensorType[];
  readonly attributes: A;
  readonly numerics: Numerics;
}

/** The normative meaning of an op: one array per output. Throws UnsupportedOpError for a profile it has no rule for. */
export type Reference<A> = (call: ReferenceCall<A>) => TypedData[];

/** A required input. */
export function inputOf(call: ReferenceCall<unknown>, i: number): Value {
  return call.inputs[i] as Value;
}

export function outputOf(call: ReferenceCall<unknown>, i = 0): TensorType {
  return call.outputs[i] as TensorType;
}

/** Whether the node computes on quantized values. */
export function isFloat(type: TensorType): boolean {
  return type.dtype === "float32";
}

/** Zeros for a tensor of this type. */
export function allocate(type: { readonly dtype: DType; readonly shape: Shape }): TypedData {
  const count = elementCount(type.shape);
  switch (type.dtype) {
    case "int8":
      return new Int8Array(count);
    case "uint8":
      return new Uint8Array(count);
    case "int16":
      return new Int16Array(count);
    case "int32":
      return new Int32Array(count);
    case "int64":
      return new BigInt64Array(count);
    case "float32":
      return new Float32Array(count);
    default:
      throw new QbinError("internal", `nothing computes ${type.dtype}`);
  }
}
