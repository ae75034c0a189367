/** Element types a tensor can have, and what each costs in memory. */

/** Of tensors that are computed. */
export const COMPUTED_TYPES = ["int8", "uint8", "int16", "int32", "int64", "float32"] as const;

/** The others are for constants only: weights that are stored small and computed with in float32. */
export const DTYPES = [...COMPUTED_TYPES, "float16", "int4", "uint4"] as const;

export type ComputedType = (typeof COMPUTED_TYPES)[number];
export type DType = (typeof DTYPES)[number];

/** Bytes of one element. 4-bit elements are two to a byte, the first in the low half; an odd last one leaves a half 0. */
export const ELEMENT_BYTES: Readonly<Record<DType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
  float16: 2,
  int4: 0.5,
  uint4: 0.5,
};

/** Bytes of `count` elements. */
export function byteCount(dtype: DType, count: number): number {
  return Math.ceil(count * ELEMENT_BYTES[dtype]);
}

export type TypedData = Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array;

/**
 * A typed view of `count` elements at `byteOffset`; no copy. `byteOffset` must be a multiple of the element size. What
 * JavaScript has no array for is seen as bytes.
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
    default:
      return new Uint8Array(buffer, byteOffset, byteCount(dtype, count));
  }
}

/** Typed elements of `bytes`, copied when `bytes` is not aligned for its element type. */
export function elementsOf(dtype: DType, bytes: Uint8Array): TypedData {
  const size = ELEMENT_BYTES[dtype];
  const aligned = Number.isInteger(bytes.byteOffset / size) ? bytes : bytes.slice();
  return viewOf(dtype, aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / size));
}

/** The float32 values of bfloat16 numbers, which are their upper halves. Little-endian. */
export function bfloat16Values(bytes: Uint8Array): Float32Array {
  const wide = new Uint8Array(2 * bytes.length);
  bytes.forEach((byte, i) => {
    wide[2 * i + 2 - (i & 1)] = byte;
  });
  return new Float32Array(wide.buffer, 0, bytes.length >> 1); // an odd byte, of a file cut short, is none
}

/** Smallest and largest value of the types that stand for reals through a scale and a zero point. */
export const QUANTIZED_RANGE: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
};
