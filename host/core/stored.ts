/** What weights that are stored small stand for: the reference of the kernels that unpack them. */
import type { Value } from "./evaluate.js";
import type { QuantizationParams } from "./quantization.js";
import { elementCount, type Shape, stridesOf } from "./shape.js";

const f = Math.fround;

/** The float32 values of a constant, in its own order. */
export function realValues({ dtype, data, shape, quantization }: Value): Float32Array {
  if (data instanceof Float32Array) return data;
  const count = elementCount(shape);
  if (dtype === "float16") {
    const bits = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return Float32Array.from({ length: count }, (_, i) => fromFloat16(bits.getUint16(2 * i, true)));
  }
  const q = quantization as QuantizationParams;
  const scaleAt = scaleIndex(shape, q);
  const code = dtype === "int4" || dtype === "uint4" ? (i: number) => nibble(data as Uint8Array, i) : undefined;
  return Float32Array.from({ length: count }, (_, i) => {
    const scale = q.scale[scaleAt(i)] as number;
    if (code === undefined) return f(((data[i] as number) - q.zeroPoint) * scale); // (71)
    const value = q.codebook ? (q.codebook[code(i)] as number) : (code(i) ^ 8) - 8;
    return f(value * scale); // (72), (73)
  });
}

/** (70): IEEE 754 binary16, 1 bit of sign, 5 of exponent, 10 of mantissa. Exact; NaN keeps sign and mantissa. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** Element `i` of 4-bit data: 0 to 15. */
export function nibble(data: Uint8Array, i: number): number {
  return ((data[i >> 1] as number) >> (4 * (i & 1))) & 15;
}

/** Which scale an element has, given its position in the tensor's own order. */
export function scaleIndex(shape: Shape, { axis, group }: QuantizationParams): (i: number) => number {
  if (axis === undefined) return () => 0;
  const channels = shape[axis] as number;
  const inner = stridesOf(shape)[axis] as number;
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  if (group === undefined) return channelOf;
  const groups = Math.ceil(elementCount(shape) / channels / group);
  return (i) => {
    // Elements of a channel are counted in the tensor's order, whatever the other axes are.
    const within = Math.floor(i / (inner * channels)) * inner + (i % inner);
    return channelOf(i) * groups + Math.floor(within / group);
  };
}
