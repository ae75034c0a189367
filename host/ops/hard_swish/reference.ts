import { clampFloat } from "../../core/activation.js";
import { affineOf, lookUp, mapFloat } from "../../core/elementwise.js";
import { inputOf, isFloat, outputOf, type Reference } from "../../core/evaluate.js";
import { requireTflite } from "../../core/numerics.js";
import type { AttributesOf } from "../../core/op.js";
import { hardSwishTable } from "../../core/tables.js";
import type { hardSwish } from "./op.js";

const f = Math.fround;

/** (26); float32: (48). */
export const referenceHardSwish: Reference<AttributesOf<typeof hardSwish>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  if (isFloat(output)) return mapFloat(call, (x) => f(x * f(clampFloat(f(x + 3), 0, 6) / 6)));
  requireTflite("hard_swish", call.numerics);
  return lookUp(call, hardSwishTable(affineOf(input), affineOf(output)));
};
