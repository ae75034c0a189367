/** Element types a tensor can have, and what each costs in memory. */

export const DTYPES = ["int8", "uint8", "int16", "int32", "int64", "float32"] as const;

export type DType = (typeof DTYPES)[number];

/** Bytes of one element. */
export const ELEMENT_BYTES: Readonly<Record<DType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
};

export type TypedData = Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array;

/**
 * A typed view of `count` elements at `byteOffset`; no copy. `byteOffset` must be a multiple of the element size.
 */
export function viewOf(dtype: DType, buffer: ArrayBufferLike, byteOffset: number, count: number): TypedData {
  switch (dtype) {
    case "int8":
      return new Int8Array(buffer, byteOffset, count);
    case "uint8":
      return new Uint8Array(buffer, byteOffset, count);
    case "int16":
      return new Int16Array(buffer, byteOffset, count);
    case "int32":
      return new Int32Array(buffer, byteOffset, count);
    case "int64":
      return new BigInt64Array(buffer, byteOffset, count);
    case "float32":
      return new Float32Array(buffer, byteOffset, count);
  }
}

/** Typed elements of `bytes`, copied when `bytes` is not aligned for its element type. */
export function elementsOf(dtype: DType, bytes: Uint8Array): TypedData {
  const size = ELEMENT_BYTES[dtype];
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return viewOf(dtype, aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / size));
}

/** Smallest and largest value of the types that stand for reals through a scale and a zero point. */
export const QUANTIZED_RANGE: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
};
