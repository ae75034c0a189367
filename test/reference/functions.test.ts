import { describe, expect, test } from "vitest";
import { referenceClip } from "../../host/ops/clip/reference.js";
import { referenceDiv } from "../../host/ops/div/reference.js";
import { referenceElu } from "../../host/ops/elu/reference.js";
import { referenceHardSigmoid } from "../../host/ops/hard_sigmoid/reference.js";
import { referenceMaximum } from "../../host/ops/maximum/reference.js";
import { referenceMinimum } from "../../host/ops/minimum/reference.js";
import { referencePow } from "../../host/ops/pow/reference.js";
import { referencePrelu } from "../../host/ops/prelu/reference.js";
import { referenceSquaredDifference } from "../../host/ops/squared_difference/reference.js";
import { referenceUnary } from "../../host/ops/unary/reference.js";
import { compute, float, int8, y8, yFloat } from "./call.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("unary", () => {
  const of = (name: string, ...values: number[]) =>
    compute(referenceUnary, [float([values.length], values)], yFloat([values.length]), { function: name } as never);

  test("what is one instruction", () => {
    expect(of("neg", 2, -0)).toEqual([-2, 0]);
    expect(of("abs", -3, -0, -inf)).toEqual([3, 0, inf]);
    expect(of("sqrt", 9, -0, -1)).toEqual([3, -0, nan]);
    expect(of("rsqrt", 16, 0)).toEqual([0.25, inf]);
    expect(of("reciprocal", 4, -0)).toEqual([0.25, -inf]);
    expect(of("square", -3)).toEqual([9]);
    expect(of("floor", -1.5, 1.5)).toEqual([-2, 1]);
    expect(of("ceil", -1.5, -0.5, 1.5)).toEqual([-1, -0, 2]);
    expect(of("sign", -7, 0, -0, 1e-40, nan)).toEqual([-1, 0, -0, 1, nan]);
  });

  test("round takes halves to even and keeps the sign of zero", () => {
    expect(of("round", 0.5, 1.5, 2.5, -0.5, -1.5, -0.2)).toEqual([0, 2, 2, -0, -2, -0]);
  });

  test("functions of exp and ln where they are known", () => {
    expect(of("exp", 0, -inf)).toEqual([1, 0]);
    expect(of("log", 1, 2)).toEqual([0, Math.fround(Math.LN2)]);
    expect(of("softplus", 0)).toEqual([Math.fround(Math.LN2)]);
    expect(of("erf", 0, inf, -inf)).toEqual([0, 1, -1]);
    expect(of("gelu", 0, 20)).toEqual([0, 20]);
    expect(of("gelu_tanh", 0, 20)).toEqual([0, 20]);
  });

  test("gelu keeps its digits far below 0, where 1 + erf(x) has none", () => {
    // −6 Φ(−6) = −5.9195…e-9.
    expect(of("gelu", -6)[0]).toBeCloseTo(-5.9195e-9, 12);
  });

  test("int8 looks up: TFLite rounds halves away, ONNX divides and rounds them to even", () => {
    // exp(0) = 1 = 2.5 steps of 0.4.
    const half = y8([1], Math.fround(0.4), 0);
    const x = [int8([1], [0], 1, 0)];
    expect(compute(referenceUnary, x, half, { function: "exp" }, "tflite")).toEqual([3]);
    expect(compute(referenceUnary, x, half, { function: "exp" }, "onnx")).toEqual([2]);
    // The logarithm of what is below 0 is no number: real 0.
    expect(compute(referenceUnary, [int8([1], [-5])], y8([1], 1, 7), { function: "log" }, "tflite")).toEqual([7]);
    expect(compute(referenceUnary, [int8([1], [0])], y8([1], 1, 7), { function: "log" }, "onnx")).toEqual([-128]);
  });

  test("abs in tflite rescales: 2 · |q − z|", () => {
    const x = int8([3], [-7, 3, 13], 1, 3);
    expect(compute(referenceUnary, [x], y8([3], 0.5, -10), { function: "abs" }, "tflite")).toEqual([10, -10, 10]);
  });
});

describe("functions with attributes", () => {
  test("elu, hard_sigmoid and clip", () => {
    const x = [float([3], [-inf, 0, 2])];
    expect(compute(referenceElu, x, yFloat([3]), { alpha: 2 })).toEqual([-2, 0, 2]);
    expect(compute(referenceHardSigmoid, x, yFloat([3]), { alpha: 0.25, beta: 0.25 })).toEqual([0, 0.25, 0.75]);
    expect(compute(referenceClip, x, yFloat([3]), { min: -1, max: 1 })).toEqual([-1, 0, 1]);
  });

  test("the largest numbers of a clip bound nothing", () => {
    const x = [float([2], [-inf, inf])];
    expect(compute(referenceClip, x, yFloat([2]), { min: -3.4e38, max: 3.4e38 })).toEqual([-inf, inf]);
  });
});

describe("pairs", () => {
  const a = float([2, 2], [1, -2, nan, 6]);
  const b = float([2], [2, -4]);
  const of = (reference: typeof referenceMaximum) => compute(reference, [a, b], yFloat([2, 2]), {});

  test("broadcast; NaN wins", () => {
    expect(of(referenceMaximum)).toEqual([2, -2, nan, 6]);
    expect(of(referenceMinimum)).toEqual([1, -4, nan, -4]);
    expect(of(referenceSquaredDifference)).toEqual([1, 4, nan, 100]);
    expect(of(referencePow)).toEqual([1, 0.0625, nan, Math.fround(1 / 1296)]);
    expect(compute(referenceDiv, [a, b], yFloat([2, 2]), { activation: "relu" })).toEqual([0.5, 0.5, nan, 0]);
  });

  test("extrema of int8 compare stored values", () => {
    const [p, q] = [int8([2], [-3, 9], 0.5, 4), int8([2], [5, -9], 0.5, 4)];
    expect(compute(referenceMaximum, [p, q], y8([2], 0.5, 4), {})).toEqual([5, 9]);
    expect(compute(referenceMinimum, [p, q], y8([2], 0.5, 4), {})).toEqual([-3, -9]);
  });

  test("prelu: halves away from zero, the slope's zero point taken off", () => {
    // (5 − 1) / 2 = 2; (−2 − 1) · (4 − 2) · 1/2 · 1/2 = −1.5, away from zero −2.
    const x = int8([2], [5, -2], 1, 1);
    const slope = int8([1], [4], 0.5, 2);
    expect(compute(referencePrelu, [x, slope], y8([2], 2, 10), {}, "tflite")).toEqual([12, 8]);
  });
});
