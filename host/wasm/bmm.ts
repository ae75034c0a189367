import { perTensor } from "../core/quantization.js";
import { convScales } from "../core/requantize.js";
import { elementCount, type Shape } from "../core/shape.js";
import { BMM_S8_ARGS, WIDEN_ROWS_ARGS } from "./args.generated.js";
import { broadcastStrides } from "./broadcast.js";
import { type NodePlan, type PrepareCall, type Step, step } from "./kernel.js";
import { collapse, planMove } from "./move.js";
import { roundUp } from "./pack.js";

interface Layouts {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Depth values that the kernel multiplies at a time, and columns, of which it may read more than there are. */
const DEPTH_STEP = 8;
const COLUMN_STEP = 4;

/** Batch axes of a product, innermost last: their counts, and the strides of both matrices in bytes. */
export function batchesOf(a: Shape, b: Shape, output: Shape, bytesA: number, bytesB: number) {
  const batches = output.slice(0, -2);
  const [strideA, strideB] = [
    broadcastStrides(a.slice(0, -2), batches).map((stride) => stride * bytesA),
    broadcastStrides(b.slice(0, -2), batches).map((stride) => stride * bytesB),
  ];
  const axes = collapse(batches.map((count, i) => ({ count, from: strideA[i]!, to: strideB[i]! })));
  const axis = (i: number) => axes[axes.length - 4 + i] ?? { count: 1, from: 0, to: 0 };
  return {
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
}

/**
 * Matrices of int8, both computed: each becomes rows of int16 along the depth, without its zero point, and those are multiplied.
 * What lies across is transposed first.
 */
export function planIntegerMatmul({ inputs, outputs, attributes }: PrepareCall<Layouts>): NodePlan {
  const [a, b, output] = [inputs[0]!, inputs[1]!, outputs[0]!];
  const [rows, columns] = output.shape.slice(-2) as [number, number];
  const depth = elementCount(a.shape.slice(-2)) / rows;
  const pitch = roundUp(depth, DEPTH_STEP) * 2;
  const [from, other] = [a, b].map((tensor) => perTensor(tensor.quantization, `"${tensor.name}"`));
  const isRaw = output.dtype === "int32";
  const to = isRaw ? { scale: 1, zeroPoint: 0 } : perTensor(output.quantization, `"${output.name}"`);
  const scale = isRaw ? 1 : convScales(from!.scale, [other!.scale], to.scale, 1)[0]!;
  const left = planRows(a.shape, rows, depth, attributes.transposeA, from!.zeroPoint);
  const right = planRows(b.shape, columns, depth, !attributes.transposeB, other!.zeroPoint);
  const values = {
    ...batchesOf(a.shape, b.shape, output.shape, rows * pitch, columns * pitch),
    rows,
    columns,
    pitch,
    scale,
    zeroPoint: to.zeroPoint,
    isRaw: isRaw ? 1 : 0,
  };
  const second = roundUp(left.bytes, 64);
  return {
    sharedBytes: second + right.bytes + COLUMN_STEP * pitch,
    steps: (at) => {
      const [x, y] = [left.place(at.input(0), at.shared), right.place(at.input(1), at.shared + second)];
      const addresses = { a: x.rows, b: y.rows, output: at.output(0) };
      const tiles = elementCount(output.shape) / columns;
      return [...x.steps, ...y.steps, step("qs8_bmm", BMM_S8_ARGS, { ...values, ...addresses }, tiles)];
    },
  };
}

/** All matrices of a tensor as rows of `depth` int16, which lie across it if `isAcross`. */
function planRows(shape: Shape, count: number, depth: number, isAcross: boolean, zeroPoint: number) {
  const elements = elementCount(shape);
  const turned = isAcross ? roundUp(elements, 64) + 64 : 0;
  const depthPadded = roundUp(depth, DEPTH_STEP);
  const values = { depth, depthPadded, zeroPoint };
  const matrix = count * depth;
  const axes = [
    { count: elements / matrix, from: matrix, to: matrix },
    { count, from: 1, to: depth },
    { count: depth, from: count, to: 1 },
  ];
  return {
    bytes: turned + (elements / depth) * depthPadded * 2,
    place(input: number, shared: number): { rows: number; steps: Step[] } {
      const rows = shared + turned;
      const source = isAcross ? shared : input;
      const widen = step("qs8_s16_rows", WIDEN_ROWS_ARGS, { ...values, input: source, output: rows }, elements / depth);
      return { rows, steps: isAcross ? [planMove(axes, 1)(input, shared), widen] : [widen] };
    },
  };
}
