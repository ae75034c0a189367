import { allocate, inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import type { CastType, cast } from "./op.js";

/** Ends of the integer types, as integers that may not be doubles. */
const RANGES: Readonly<Record<Exclude<CastType, "float32">, readonly [bigint, bigint]>> = {
  int8: [-128n, 127n],
  uint8: [0n, 255n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** (67). */
export const referenceCast: Reference<AttributesOf<typeof cast>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const result = allocate(output);
  input.data.forEach((value: number | bigint, i: number) => {
    if (output.dtype === "float32") {
      (result as Float32Array)[i] = typeof value === "bigint" ? roundOnce(value) : value;
      return;
    }
    const whole =
      input.dtype === "float32"
        ? truncated(value as number, RANGES[output.dtype as keyof typeof RANGES])
        : BigInt(value);
    if (output.dtype === "int64") (result as BigInt64Array)[i] = whole;
    // The array keeps the low bits.
    else (result as Int32Array)[i] = Number(BigInt.asIntN(32, whole));
  });
  return [result];
};

function truncated(x: number, [low, high]: readonly [bigint, bigint]): bigint {
  if (Number.isNaN(x)) return 0n;
  if (!Number.isFinite(x)) return x < 0 ? low : high;
  const whole = BigInt(Math.trunc(x));
  return whole < low ? low : whole > high ? high : whole;
}

/**
 * int64 to float32 with one rounding, where Number() alone would be another before it: of a large number 51 bits are
 * kept, the last of which says whether there was anything behind it.
 */
function roundOnce(value: bigint): number {
  const size = value < 0n ? -value : value;
  if (size < 2n ** 53n) return Math.fround(Number(value));
  const leading = (size >> 12n) | ((size & 0xfffn) === 0n ? 0n : 1n);
  return Math.fround(Number(value < 0n ? -leading : leading) * 4096);
}
