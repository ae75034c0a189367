import { inputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import { gather, stridedOffsets } from "../../core/strided.js";
import type { split } from "./op.js";

/** (37). */
export const referenceSplit: Reference<AttributesOf<typeof split>> = (call) => {
  const input = inputOf(call, 0);
  const strides = stridesOf(input.shape);
  const { axis } = call.attributes;
  let begin = 0;
  return call.outputs.map((output) => {
    const offsets = stridedOffsets(output.shape, strides, begin * (strides[axis] as number));
    begin += output.shape[axis] as number;
    return gather(input, offsets, output);
  });
};
