import { describe, expect, test } from "vitest";
import type { DType } from "../../host/core/dtype.js";
import type { Value } from "../../host/core/evaluate.js";
import { referenceBatchMatmul } from "../../host/ops/batch_matmul/reference.js";
import { referenceBroadcastTo } from "../../host/ops/broadcast_to/reference.js";
import { referenceCast } from "../../host/ops/cast/reference.js";
import { gather } from "../../host/ops/gather/op.js";
import { referenceGather } from "../../host/ops/gather/reference.js";
import { referenceLogSoftmax } from "../../host/ops/log_softmax/reference.js";
import { referenceLrn } from "../../host/ops/lrn/reference.js";
import { reduce } from "../../host/ops/reduce/op.js";
import { referenceReduce } from "../../host/ops/reduce/reference.js";
import { slice } from "../../host/ops/slice/op.js";
import { transposeConv } from "../../host/ops/transpose_conv/op.js";
import { referenceTransposeConv } from "../../host/ops/transpose_conv/reference.js";
import { compute, float, int8, int32, weights, y8, yFloat } from "./call.js";

describe("transpose_conv", () => {
  const plain = { dilation: [1, 1], padding: [0, 0, 0, 0], outputPadding: [0, 0], groups: 1 };
  const fused = { activation: "none", unsigned: false } as const;

  test("what overlaps is added, what nothing reaches is the bias", () => {
    // Inputs 1 and 10 through taps 1, 2, 3, two apart.
    const x = float([1, 1, 2, 1], [1, 10]);
    const w = float([1, 1, 3, 1], [1, 2, 3]);
    const bias = float([1], [100]);
    const attributes = { ...plain, ...fused, stride: [1, 2], outputPadding: [0, 1] };
    const y = compute(referenceTransposeConv, [x, w, bias], yFloat([1, 1, 6, 1]), attributes);
    expect(y).toEqual([101, 102, 113, 120, 130, 100]);
  });

  test("padding takes away, dilation spreads the taps", () => {
    const x = float([1, 2, 1, 1], [1, 10]);
    const w = float([1, 2, 1, 1], [1, 2]);
    const attributes = { ...plain, ...fused, stride: [1, 1], dilation: [2, 1], padding: [1, 0, 1, 0] };
    // Whole: 1, 10, 2, 20.
    expect(compute(referenceTransposeConv, [x, w, undefined], yFloat([1, 2, 1, 1]), attributes)).toEqual([10, 2]);
  });

  test("int8 is rescaled as a convolution is", () => {
    const x = int8([1, 1, 1, 2], [3, -1], 0.5, 1);
    const w = weights([1, 1, 2, 2], [1, 2, 4, -8], [0.25]);
    const attributes = { ...plain, ...fused, stride: [1, 2] };
    // Σ (x − 1) w = 2 · 1 − 2 · 2 = −2 and 2 · 4 + 2 · 8 = 24, times 0.5 · 0.25 / 0.5.
    const y = compute(referenceTransposeConv, [x, w, undefined], y8([1, 1, 2, 1], 0.5, 10), attributes);
    expect(y).toEqual([10, 16]);
  });

  test("refuses what leaves nothing", () => {
    const attributes = { ...plain, ...fused, stride: [1, 1], padding: [1, 0, 1, 0] };
    const inputs = [float([1, 1, 1, 1], [1]), float([1, 2, 1, 1], [1, 2])];
    expect(() => transposeConv.infer(inputs, attributes)).toThrow(/padding 1 and 1 leave nothing of 2 outputs/);
  });
});

describe("reduce", () => {
  const x = float([2, 3], [1, 2, 3, 4, 5, -6]);
  const over = (name: "sum" | "max" | "min" | "prod", axes: number[]) =>
    compute(referenceReduce, [x], yFloat(axes.length === 2 ? [] : axes[0] === 0 ? [3] : [2]), {
      function: name,
      axes,
      keepDims: false,
    });

  test("sums, extrema and products", () => {
    expect([over("sum", [1]), over("sum", [0]), over("sum", [0, 1])]).toEqual([[6, 3], [5, 7, -3], [9]]);
    expect([over("max", [1]), over("min", [1]), over("prod", [1])]).toEqual([
      [3, 5],
      [1, -6],
      [6, -120],
    ]);
  });

  test("an int8 sum subtracts every zero point and rounds halves to even", () => {
    // (3 − 1) + (4 − 1) = 5, halved 2.5.
    const q = int8([2], [3, 4], 1, 1);
    expect(compute(referenceReduce, [q], y8([], 2, 0), { function: "sum", axes: [0], keepDims: false })).toEqual([2]);
  });

  test("int8 has no product", () => {
    const q = int8([2], [3, 4]);
    const attributes = { function: "prod", axes: [0], keepDims: false } as const;
    expect(() => reduce.verify?.([q], attributes, [y8([])], "xnnpack")).toThrow(/product is float32 alone/);
  });
});

describe("gather", () => {
  const x = float([3, 2], [1, 2, 3, 4, 5, 6]);

  test("indices below 0 count from the end, those outside are the nearest inside", () => {
    const y = compute(referenceGather, [x, int32([2, -3, -4, 7])], yFloat([4, 2]), { axis: 0 });
    expect(y).toEqual([5, 6, 1, 2, 1, 2, 5, 6]);
  });

  test("the shape of the indices takes the place of the axis", () => {
    const indices = { ...int32([0, 1]), shape: [1, 2] };
    expect(gather.infer([x, indices], { axis: 1 })).toEqual([[3, 1, 2]]);
    expect(() => gather.infer([x, indices], { axis: 2 })).toThrow(/axis 2 is outside input \[3,2\]/);
  });
});

test("cast: fractions are cut off, what does not fit saturates or loses its high bits", () => {
  const to = (dtype: DType, value: Value) =>
    compute(referenceCast, [value], { name: "y", dtype, shape: value.shape }, {});
  const x = float([4], [-1.9, 300.5, Number.NaN, 3e9]);
  expect(to("int8", x)).toEqual([-1, 127, 0, 127]);
  expect(to("uint8", x)).toEqual([0, 255, 0, 255]);
  expect(to("int32", x)).toEqual([-1, 300, 0, 2147483647]);
  expect(to("uint8", int32([300, -1]))).toEqual([44, 255]);
  expect(to("float32", int32([16777217]))).toEqual([16777216]);
});

test("batch_matmul broadcasts batches and turns matrices", () => {
  const a = float([2, 1, 2], [1, 2, 3, 4]);
  const b = float([2, 2], [1, 10, 100, 1000]);
  const of = (transposeB: boolean) =>
    compute(referenceBatchMatmul, [a, b], yFloat([2, 1, 2]), { transposeA: false, transposeB });
  expect(of(false)).toEqual([201, 2010, 403, 4030]);
  expect(of(true)).toEqual([21, 2100, 43, 4300]);
});

test("log_softmax of equal values is −ln of their number", () => {
  const y = compute(referenceLogSoftmax, [float([1, 4], [7, 7, 7, 7])], yFloat([1, 4]), {});
  expect(y).toEqual(new Array(4).fill(Math.fround(-2 * Math.LN2)));
});

test("lrn divides by the sum of squares around a channel", () => {
  const attributes = { before: 1, after: 0, alpha: 0.5, beta: 1, bias: 1 };
  // 2 / (1 + 4/2), 4 / (1 + 20/2).
  const y = compute(referenceLrn, [float([1, 2], [2, 4])], yFloat([1, 2]), attributes);
  expect(y.map((value) => value.toFixed(6))).toEqual(["0.666667", "0.363636"]);
});

test("broadcast_to repeats", () => {
  const y = compute(referenceBroadcastTo, [float([2, 1], [1, 2])], yFloat([2, 2, 2]), { shape: [2, 2, 2] });
  expect(y).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
});

test("a slice may go backwards, but not nowhere and not outside", () => {
  const x = [float([5], [0, 1, 2, 3, 4])];
  expect(slice.infer(x, { begin: [4], size: [3], stride: [-2] })).toEqual([[3]]);
  expect(() => slice.infer(x, { begin: [3], size: [3], stride: [-2] })).toThrow(/reads element -1 of axis 0/);
  expect(() => slice.infer(x, { begin: [0], size: [2], stride: [0] })).toThrow(/stride of axis 0 is 0/);
});
