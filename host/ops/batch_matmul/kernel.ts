import { UnsupportedOpError } from "../../core/errors.js";
import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { BMM_ARGS } from "../../wasm/args.generated.js";
import { broadcastStrides } from "../../wasm/broadcast.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import { collapse, planMove } from "../../wasm/move.js";
import type { batchMatmul } from "./op.js";

/** The kernel reads rows of `b`; columns become rows first. */
export const prepareBatchMatmul: Prepare<AttributesOf<typeof batchMatmul>> = ({ inputs, outputs, attributes }) => {
  if (outputs[0]!.dtype !== "float32")
    throw new UnsupportedOpError("unsupported-numerics", "batch_matmul: no int8 kernel");
  const [a, b] = [inputs[0]!.shape, inputs[1]!.shape];
  const shape = outputs[0]!.shape;
  const [rows, columns] = shape.slice(-2) as [number, number];
  const batches = shape.slice(0, -2);
  const depth = elementCount(a.slice(-2)) / rows;
  const [strideA, strideB] = [a, b].map((dims) => {
    const matrixBytes = elementCount(dims.slice(-2)) * 4;
    return broadcastStrides(dims.slice(0, -2), batches).map((stride) => stride * matrixBytes);
  }) as [number[], number[]];
  const axes = collapse(batches.map((count, i) => ({ count, from: strideA[i]!, to: strideB[i]! })));
  const axis = (i: number) => axes[axes.length - 4 + i] ?? { count: 1, from: 0, to: 0 };
  const values = {
    rows,
    columns,
    depth,
    aRow: attributes.transposeA ? 4 : depth * 4,
    aDepth: attributes.transposeA ? rows * 4 : 4,
    count1: axis(1).count,
    count2: axis(2).count,
    count3: axis(3).count,
    a0: axis(0).from,
    a1: axis(1).from,
    a2: axis(2).from,
    a3: axis(3).from,
    b0: axis(0).to,
    b1: axis(1).to,
    b2: axis(2).to,
    b3: axis(3).to,
  };
  const tiles = elementCount(batches) * rows;
  const product = (left: number, right: number, output: number) =>
    step("f32_bmm", BMM_ARGS, { ...values, a: left, b: right, output }, tiles);
  if (!attributes.transposeB) return { steps: (at) => [product(at.input(0), at.input(1), at.output(0))] };
  const size = elementCount(b);
  const turn = planMove(
    [
      { count: size / (depth * columns), from: depth * columns * 4, to: depth * columns * 4 },
      { count: depth, from: 4, to: columns * 4 },
      { count: columns, from: depth * 4, to: 4 },
    ],
    4,
  );
  return {
    sharedBytes: size * 4,
    steps: (at) => [turn(at.input(1), at.shared), product(at.input(0), at.shared, at.output(0))],
  };
};
