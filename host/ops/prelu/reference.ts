import { affineOf, mapPairs, scaled } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { requireTflite } from "../../core/numerics.js";
import type { AttributesOf } from "../../core/op.js";
import { preluMultipliers } from "../../core/requantize.js";
import { clamp } from "../../core/rounding.js";
import type { prelu } from "./op.js";

/** Float32: (47) with a slope each. int8: (64). */
export const referencePrelu: Reference<AttributesOf<typeof prelu>> = (call) => {
  if (isFloat(outputOf(call))) return mapPairs(call, (x, slope) => (x >= 0 ? x : Math.fround(slope * x)));
  requireTflite("prelu", call.numerics);
  const [x, slope, y] = [affineOf(inputOf(call, 0)), affineOf(inputOf(call, 1)), affineOf(outputOf(call))];
  const { positive, negative } = preluMultipliers(x.scale, slope.scale, y.scale);
  return mapPairs(call, (p, q) => {
    const value = p - x.zeroPoint;
    const result = value >= 0 ? scaled(value, positive) : scaled(value * (q - slope.zeroPoint), negative);
    return clamp(result + y.zeroPoint, -128, 127);
  });
};
