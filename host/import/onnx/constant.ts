import { UnsupportedOpError } from "../../core/errors.js";
import type { Shape } from "../../core/shape.js";

/** TensorProto.DataType by number. */
const TYPES = (
  "UNDEFINED FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 COMPLEX64 COMPLEX128 " +
  "BFLOAT16 FLOAT8E4M3FN FLOAT8E4M3FNUZ FLOAT8E5M2 FLOAT8E5M2FNUZ UINT4 INT4 FLOAT4E2M1 FLOAT8E8M0 UINT2 INT2"
).split(" ");

export function typeName(code: number | undefined): string {
  return TYPES[code ?? 0] ?? `type ${code}`;
}

/**
 * Values, one element each: whatever the type, a number. 64-bit integers are kept as doubles, which loses digits beyond
 * 2^53: more than any axis, shape or index needs.
 */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** A value that is known while importing. FLOAT16 and BFLOAT16 are FLOAT here, which holds them exactly. */
export interface Constant {
  readonly type: string;
  readonly shape: Shape;
  readonly data: Numbers;
}

const ARRAYS = {
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
  INT8: Int8Array,
  UINT8: Uint8Array,
  BOOL: Uint8Array,
  INT16: Int16Array,
  UINT16: Uint16Array,
  INT4: Int8Array,
  UINT4: Uint8Array,
  INT2: Int8Array,
  UINT2: Uint8Array,
  INT32: Int32Array,
  UINT32: Uint32Array,
  INT64: Float64Array,
  UINT64: Float64Array,
} as const;

/** The type a constant of a file's type has here; other types are refused by name. */
export function constantType(type: string): string {
  const held = type === "FLOAT16" || type === "BFLOAT16" ? "FLOAT" : type;
  if (held in ARRAYS) return held;
  throw new UnsupportedOpError("tensor-type", `constants of type ${type} are not supported`);
}

/** Zeros for `count` elements. */
export function allocate(type: string, count: number): Numbers {
  return new ARRAYS[constantType(type) as keyof typeof ARRAYS](count);
}

/** Bytes that an element takes in memory. */
export function elementBytes(type: string): number {
  return ARRAYS[constantType(type) as keyof typeof ARRAYS].BYTES_PER_ELEMENT;
}
