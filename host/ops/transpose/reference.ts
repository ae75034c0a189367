import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import { gather, stridedOffsets } from "../../core/strided.js";
import type { transpose } from "./op.js";

/** (37). */
export const referenceTranspose: Reference<AttributesOf<typeof transpose>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const strides = stridesOf(input.shape);
  const permuted = call.attributes.permutation.map((axis) => strides[axis] as number);
  return [gather(input, stridedOffsets(output.shape, permuted), output)];
};
