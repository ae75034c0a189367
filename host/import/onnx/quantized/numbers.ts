import { roundHalfEven } from "../../../core/rounding.js";
import { elementCount, type Shape, stridesOf } from "../../../core/shape.js";
import type { Numbers } from "../constant.js";
import type { Parameters } from "./parameters.js";

/** Smallest and largest value of the integer types that tensors are quantized to. */
export const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  INT8: [-128, 127],
  UINT8: [0, 255],
  INT16: [-32768, 32767],
  UINT16: [0, 65535],
  INT4: [-8, 7],
  UINT4: [0, 15],
  INT2: [-2, 1],
  UINT2: [0, 3],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
};

/** Which scale and zero point each element of a tensor has: positions in the lists. */
export function places({ scale, axis, blocks }: Parameters, shape: Shape): (i: number) => number {
  if (axis !== undefined) {
    const stride = stridesOf(shape)[axis] as number;
    return (i) => Math.floor(i / stride) % scale.length;
  }
  if (blocks === undefined) return () => 0;
  const strides = stridesOf(shape);
  const steps = stridesOf(blocks.shape);
  return (i) =>
    strides.reduce((at, stride, d) => {
      const index = Math.floor(i / stride) % (shape[d] as number);
      return at + (d === blocks.axis ? Math.floor(index / blocks.size) : index) * (steps[d] as number);
    }, 0);
}

/** QuantizeLinear: y = saturate(round half even(f(x / scale)) + zero point). Not a number becomes the zero point. */
export function quantized(data: Numbers, shape: Shape, type: string, parameters: Parameters, target: Numbers): void {
  const [low, high] = RANGES[type] as readonly [number, number];
  const place = places(parameters, shape);
  const { scale, zeroPoint } = parameters;
  for (let i = 0; i < elementCount(shape); i++) {
    const at = place(i);
    const point = zeroPoint[zeroPoint.length === 1 ? 0 : at] as number;
    const steps = roundHalfEven(Math.fround((data[i] as number) / (scale[at] as number)));
    target[i] = Math.min(Math.max((Number.isNaN(steps) ? 0 : steps) + point, low), high);
  }
}

/** DequantizeLinear: x = f((q − zero point) · scale). */
export function dequantized(data: Numbers, shape: Shape, parameters: Parameters, target: Numbers): void {
  const place = places(parameters, shape);
  const { scale, zeroPoint } = parameters;
  for (let i = 0; i < elementCount(shape); i++) {
    const at = place(i);
    const point = zeroPoint[zeroPoint.length === 1 ? 0 : at] as number;
    target[i] = Math.fround((data[i] as number) - point) * (scale[at] as number);
  }
}

/** Every element's own entry of a list of scales or zero points. */
export function spread(values: readonly number[], shape: Shape, parameters: Parameters, target: Numbers): void {
  const place = places(parameters, shape);
  for (let i = 0; i < target.length; i++) target[i] = values[values.length === 1 ? 0 : place(i)] as number;
}
