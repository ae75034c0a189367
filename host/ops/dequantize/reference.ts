import { affineOf, lookUp } from "../../core/elementwise.js";
import { inputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { type ByteType, dequantizeTable } from "../../core/tables.js";
import type { dequantize } from "./op.js";

/** (28). */
export const referenceDequantize: Reference<AttributesOf<typeof dequantize>> = (call) => {
  const input = inputOf(call, 0);
  if (input.dtype === "int16") {
    const { scale } = affineOf(input);
    return [Float32Array.from(input.data as Int16Array, (q) => Math.fround(q * scale))];
  }
  return lookUp(call, dequantizeTable(input.dtype as ByteType, affineOf(input)));
};
