import fc from "fast-check";
import type { TypedData } from "../../host/core/dtype.js";
import type { Reference, Value } from "../../host/core/evaluate.js";
import type { Numerics, TensorType } from "../../host/core/model.js";

/** A failing case must fail again. */
fc.configureGlobal({ seed: 20240611 });

type Shape = readonly number[];

export function int8(shape: Shape, values: readonly number[], scale = 1, zeroPoint = 0): Value {
  return { name: "x", dtype: "int8", shape, quantization: { scale: [scale], zeroPoint }, data: Int8Array.from(values) };
}

export function uint8(shape: Shape, values: readonly number[], scale = 1, zeroPoint = 0): Value {
  return {
    name: "x",
    dtype: "uint8",
    shape,
    quantization: { scale: [scale], zeroPoint },
    data: Uint8Array.from(values),
  };
}

export function weights(shape: Shape, values: readonly number[], scale: readonly number[] = [1], zeroPoint = 0): Value {
  return { ...int8(shape, values), quantization: { scale, zeroPoint } };
}

export function int32(values: readonly number[]): Value {
  return { name: "bias", dtype: "int32", shape: [values.length], data: Int32Array.from(values) };
}

export function float(shape: Shape, values: readonly number[]): Value {
  return { name: "x", dtype: "float32", shape, data: Float32Array.from(values) };
}

/** A type without values, for outputs. */
export function type(value: Value): TensorType {
  const { data: _, ...rest } = value;
  return rest;
}

/** Type of an int8 output. */
export function y8(shape: Shape, scale = 1, zeroPoint = 0): TensorType {
  return { name: "y", dtype: "int8", shape, quantization: { scale: [scale], zeroPoint } };
}

export function yFloat(shape: Shape): TensorType {
  return { name: "y", dtype: "float32", shape };
}

/** The first output of a call, as plain numbers with −0 told apart only for float32. */
export function compute<A>(
  reference: Reference<A>,
  inputs: readonly (Value | undefined)[],
  output: TensorType,
  attributes: A,
  numerics: Numerics = "xnnpack",
): number[] {
  const [data] = reference({ inputs, outputs: [output], attributes, numerics });
  return Array.from(data as Float32Array, Number);
}

/** Every stored int8 value, as one tensor. */
export function everyInt8(scale = 1, zeroPoint = 0): Value {
  return int8(
    [256],
    Array.from({ length: 256 }, (_, i) => i - 128),
    scale,
    zeroPoint,
  );
}

export function bytesOf(data: TypedData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
