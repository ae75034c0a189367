/** logistic and tanh in TFLite Micro's fixed point, as tables of 256 results; see `tables.ts`. */
import { logisticFixed, tanhFixed } from "./fixed-point.js";
import type { Affine } from "./requantize.js";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  type QuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
} from "./rounding.js";
import { byteTable } from "./tables.js";

/** Inputs are Q4: reals of 15 and beyond count as infinite. */
const INTEGER_BITS = 4;
const LARGEST = 15;

/** From stored values to Q4. */
export function fixedInput(scale: number): QuantizedMultiplier {
  return quantizeMultiplier(scale * 2 ** (31 - INTEGER_BITS));
}

/** (125) with logistic: 8 bits of fraction. */
export function logisticFixedTable(input: Affine, output: Affine): Int8Array {
  return fixedTable(logisticFixed, 8, input, output);
}

/** (125) with tanh: 7 bits of fraction. */
export function tanhFixedTable(input: Affine, output: Affine): Int8Array {
  return fixedTable(tanhFixed, 7, input, output);
}

function fixedTable(g: (x: number) => number, fractionBits: number, input: Affine, output: Affine): Int8Array {
  const { multiplier, shift } = fixedInput(input.scale);
  const radius = Math.floor((LARGEST * 2 ** (31 - INTEGER_BITS)) / 2 ** shift);
  const compute = (q: number) => {
    const x = q - input.zeroPoint;
    if (Math.abs(x) >= radius) return x > 0 ? 127 : -128;
    const y = g(multiplyByQuantizedMultiplier(x, multiplier, shift));
    return clamp(roundingDivideByPowerOfTwo(y, 31 - fractionBits) + output.zeroPoint, -128, 127);
  };
  return byteTable("int8", "int8", compute) as Int8Array;
}
