import { inputOf, outputOf, type Reference } from "../../core/evaluate.js";
import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { broadcastOffsets } from "../../core/strided.js";
import type { batchMatmul } from "./op.js";

const f = Math.fround;

/** (43) from 0, in the order of the depth. */
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
  const result = new Float32Array(elementCount(shape));
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
          sum = f(sum + f(p * q));
        }
        result[at++] = sum;
      }
    }
  }
  return [result];
};
