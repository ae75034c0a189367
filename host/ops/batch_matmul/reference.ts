import { affineOf } from "../../core/elementwise.js";
import { allocate, inputOf, isFloat, outputOf, type Reference, type ReferenceCall } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { convScales } from "../../core/requantize.js";
import { clamp, roundHalfEven } from "../../core/rounding.js";
import { elementCount } from "../../core/shape.js";
import { broadcastOffsets } from "../../core/strided.js";
import type { batchMatmul } from "./op.js";

const f = Math.fround;

/** Float32: (43) from 0, in the order of the depth. int8: (2) and (5). */
export const referenceBatchMatmul: Reference<AttributesOf<typeof batchMatmul>> = (call) => {
  const [a, b] = [inputOf(call, 0), inputOf(call, 1)];
  const { transposeA, transposeB } = call.attributes;
  const shape = outputOf(call).shape;
  const [rows, columns] = shape.slice(-2) as [number, number];
  const size = (dims: readonly number[]) => elementCount(dims.slice(-2));
  const depth = size(a.shape) / rows;
  const batches = shape.slice(0, -2);
  // Offsets count matrices, not elements.
  const [offsetsA, offsetsB] = [a, b].map((x) => broadcastOffsets(x.shape.slice(0, -2), batches)) as [
    Int32Array,
    Int32Array,
  ];
  const [x, y] = [a.data as Float32Array, b.data as Float32Array];
  const result = allocate(outputOf(call)) as Float32Array;
  const { add, scaled } = arithmetic(call);
  let at = 0;
  for (let batch = 0; batch < offsetsA.length; batch++) {
    const firstA = (offsetsA[batch] as number) * size(a.shape);
    const firstB = (offsetsB[batch] as number) * size(b.shape);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const p = x[firstA + (transposeA ? k * rows + row : row * depth + k)] as number;
          const q = y[firstB + (transposeB ? column * depth + k : k * columns + column)] as number;
          sum = add(sum, p, q);
        }
        result[at++] = scaled(sum);
      }
    }
  }
  return [result];
};

/** How a product of two elements is added to a sum, and what becomes of the sum. */
function arithmetic(call: ReferenceCall<unknown>) {
  const output = outputOf(call);
  if (isFloat(output)) {
    return { add: (sum: number, p: number, q: number) => f(sum + f(p * q)), scaled: (sum: number) => sum };
  }
  const [a, b] = [affineOf(inputOf(call, 0)), affineOf(inputOf(call, 1))];
  const add = (sum: number, p: number, q: number) => (sum + (p - a.zeroPoint) * (q - b.zeroPoint)) | 0;
  if (output.dtype === "int32") return { add, scaled: (sum: number) => sum };
  const y = affineOf(output);
  const [factor] = convScales(a.scale, [b.scale], y.scale, 1) as unknown as [number];
  return { add, scaled: (sum: number) => clamp(roundHalfEven(f(f(sum) * factor)) + y.zeroPoint, -128, 127) };
}
