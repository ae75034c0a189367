import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import { gather, stridedOffsets } from "../../core/strided.js";
import type { slice } from "./op.js";

/** (37). */
export const referenceSlice: Reference<AttributesOf<typeof slice>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const { begin, stride } = call.attributes;
  const strides = stridesOf(input.shape);
  const start = strides.reduce((sum, step, axis) => sum + step * (begin[axis] as number), 0);
  const steps = strides.map((step, axis) => step * (stride[axis] as number));
  return [gather(input, stridedOffsets(output.shape, steps, start), output)];
};
