import { ShapeError } from "../../core/errors.js";
import { defineOp, need } from "../../core/op.js";
import { checkScales } from "../../core/quantization.js";
import { convScales } from "../../core/requantize.js";
import { broadcastShape, elementCount, formatShape, type Shape } from "../../core/shape.js";

/**
 * a [..., M, K] and b [..., K, N], or with `transposeA` [..., K, M] and with `transposeB` [..., N, K]; the axes before
 * broadcast as in NumPy. For constant b and one a fully_connected is faster. An int32 output is the sums of products themselves.
 */
export const batchMatmul = defineOp({
  name: "batch_matmul",
  code: 43,
  summary: "Products of matrices that are both computed, batches of them broadcast",
  inputs: ["a", "b"],
  outputs: ["output"],
  attributes: { transposeA: { kind: "bool" }, transposeB: { kind: "bool" } },
  types: ["int8 int8 -> int8", "int8 int8 -> int32", "float32 float32 -> float32"],
  numerics: ["onnx"],
  infer(inputs, { transposeA, transposeB }) {
    const [a, b] = [need(inputs, 0).shape, need(inputs, 1).shape];
    if (a.length < 2 || b.length < 2) {
      throw new ShapeError(`matrices ${formatShape(a)} and ${formatShape(b)} need 2 dimensions and more`);
    }
    const [rows, depth] = matrix(a, transposeA);
    const [height, columns] = matrix(b, transposeB);
    if (depth !== height) {
      const flags = `transposeA ${transposeA} and transposeB ${transposeB}`;
      throw new ShapeError(
        `depths ${depth} of a ${formatShape(a)} and ${height} of b ${formatShape(b)} differ, ${flags}`,
      );
    }
    return [[...broadcastShape(a.slice(0, -2), b.slice(0, -2)), rows, columns]];
  },
  verify(inputs, _attributes, outputs) {
    checkScales([...inputs, ...outputs], (a, b, y) => convScales(a.scale, [b.scale], y.scale, 1));
  },
  macs(inputs, outputs) {
    const [a, output] = [need(inputs, 0).shape, need(outputs, 0).shape];
    const depth = ((a.at(-1) as number) * (a.at(-2) as number)) / (output.at(-2) as number);
    return elementCount(output) * depth;
  },
});

/** Rows and columns of the matrices that are multiplied. */
function matrix(shape: Shape, isTransposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [columns, rows] : [rows, columns];
}
