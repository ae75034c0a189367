import type { AttributesOf } from "../../core/op.js";
import { elementCount } from "../../core/shape.js";
import { BMM_ARGS } from "../../wasm/args.generated.js";
import { batchesOf, planIntegerMatmul } from "../../wasm/bmm.js";
import { type Prepare, step } from "../../wasm/kernel.js";
import { planMove } from "../../wasm/move.js";
import type { batchMatmul } from "./op.js";

/** The float32 kernel reads rows of `b`; columns become rows first. */
export const prepareBatchMatmul: Prepare<AttributesOf<typeof batchMatmul>> = (call) => {
  const { inputs, outputs, attributes } = call;
  if (outputs[0]!.dtype !== "float32") return planIntegerMatmul(call);
  const [a, b] = [inputs[0]!.shape, inputs[1]!.shape];
  const shape = outputs[0]!.shape;
  const [rows, columns] = shape.slice(-2) as [number, number];
  const depth = elementCount(a.slice(-2)) / rows;
  const values = {
    ...batchesOf(a, b, shape, rows * depth * 4, depth * columns * 4),
    rows,
    columns,
    depth,
    aRow: attributes.transposeA ? 4 : depth * 4,
    aDepth: attributes.transposeA ? rows * 4 : 4,
  };
  const tiles = elementCount(shape) / columns;
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
