import { allocate, inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { clamp } from "../../core/rounding.js";
import { aroundAxis } from "../../core/strided.js";
import type { gather } from "./op.js";

/** (66). */
export const referenceGather: Reference<AttributesOf<typeof gather>> = (call) => {
  const [input, indices] = [inputOf(call, 0), inputOf(call, 1)];
  const { axis } = call.attributes;
  const { outer, inner } = aroundAxis(input.shape, axis);
  const size = input.shape[axis] as number;
  const x = input.data as Float32Array;
  const result = allocate(outputOf(call)) as Float32Array;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const raw of indices.data as Int32Array | BigInt64Array) {
      const index = Number(raw) < 0 ? Number(raw) + size : Number(raw);
      const from = (o * size + clamp(index, 0, size - 1)) * inner;
      for (let i = 0; i < inner; i++) result[to++] = x[from + i] as number;
    }
  }
  return [result];
};
