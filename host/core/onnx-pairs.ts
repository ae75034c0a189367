import { quantizedOf, realOf } from "./onnx.js";
import type { Affine } from "./requantize.js";
import { clamp, roundHalfEven } from "./rounding.js";

const f = Math.fround;

/** (101): `v` in units of the output. The zero point is added before rounding, for `unsigned` that of uint8. */
export function roundedSum(v: number, zeroPoint: number, unsigned: boolean): number {
  const shift = unsigned ? 128 : 0;
  const zero = zeroPoint + shift;
  return roundHalfEven(f(clamp(v, shift - 128 - zero, shift + 127 - zero) + zero)) - shift;
}

/** An int8 result of two int8 values: (102), (103), (104). */
export function onnxPair(
  op: "add" | "sub" | "mul",
  [a, b, y]: readonly [Affine, Affine, Affine],
  unsigned: boolean,
): (p: number, q: number) => number {
  const units = (real: number) => f(real / y.scale);
  switch (op) {
    case "add":
      return (p, q) => roundedSum(units(f(realOf(p, a) + realOf(q, b))), y.zeroPoint, unsigned);
    case "mul":
      return (p, q) => roundedSum(units(f(realOf(p, a) * realOf(q, b))), y.zeroPoint, unsigned);
    case "sub":
      return (p, q) => quantizedOf(f(realOf(p, a) - realOf(q, b)), y);
  }
}
