import { affineOf, lookUp, rescaled } from "../../core/elementwise.js";
import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import { requireTflite } from "../../core/numerics.js";
import type { AttributesOf } from "../../core/op.js";
import { requantizeMultiplier } from "../../core/requantize.js";
import { type ByteType, concatenationRescaleTable, requantizeTable } from "../../core/tables.js";
import type { requantize } from "./op.js";

/** (29) or (30), in "onnx" (27) of (28); (31) for inputs of a uint8 concatenation. */
export const referenceRequantize: Reference<AttributesOf<typeof requantize>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const [a, b] = [affineOf(input), affineOf(output)];
  if (call.attributes.arithmetic === "concatenation") {
    requireTflite("requantize", call.numerics);
    return lookUp(call, concatenationRescaleTable(a, b));
  }
  if (input.dtype === "int16" || output.dtype === "int16")
    return rescaled(call, requantizeMultiplier(a.scale, b.scale));
  return lookUp(call, requantizeTable(input.dtype as ByteType, a, output.dtype as ByteType, b, call.numerics));
};
