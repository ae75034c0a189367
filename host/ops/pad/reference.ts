import { allocate, inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { stridesOf } from "../../core/shape.js";
import { stridedOffsets } from "../../core/strided.js";
import type { pad } from "./op.js";

/** (37). */
export const referencePad: Reference<AttributesOf<typeof pad>> = (call) => {
  const [input, output] = [inputOf(call, 0), outputOf(call)];
  const strides = stridesOf(output.shape);
  const start = strides.reduce((sum, stride, axis) => sum + stride * (call.attributes.padding[2 * axis] as number), 0);
  const x = input.data as Float32Array | Int8Array | Uint8Array;
  const result = allocate(output) as Float32Array | Int8Array | Uint8Array;
  result.fill(output.quantization?.zeroPoint ?? 0);
  stridedOffsets(input.shape, strides, start).forEach((at, i) => {
    result[at] = x[i] as number;
  });
  return [result];
};
