import { allocate, outputOf, type Reference, type Value } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import { stridedOffsets } from "../../core/strided.js";
import type { concatenation } from "./op.js";

/** (37). */
export const referenceConcatenation: Reference<AttributesOf<typeof concatenation>> = (call) => {
  const output = outputOf(call);
  const strides = stridesOf(output.shape);
  const { axis } = call.attributes;
  const result = allocate(output) as Float32Array;
  let begin = 0;
  for (const input of call.inputs as readonly Value[]) {
    const x = input.data as Float32Array;
    stridedOffsets(input.shape, strides, begin * (strides[axis] as number)).forEach((at, i) => {
      result[at] = x[i] as number;
    });
    begin += input.shape[axis] as number;
  }
  return [result];
};
