import { describe, expect, test } from "vitest";
import { dynamicQuantization, quantizeDynamic, rangesOf } from "../../host/core/dynamic-range.js";
import type { Tensor } from "../../host/core/model.js";
import { conv2d } from "../../host/ops/conv2d/op.js";
import { referenceConv2d } from "../../host/ops/conv2d/reference.js";
import { referenceDepthwiseConv2d } from "../../host/ops/depthwise_conv2d/reference.js";
import { referenceFullyConnected } from "../../host/ops/fully_connected/reference.js";
import { compute, float, weights, yFloat } from "./call.js";

const DENSE = { activation: "none", unsigned: false, mode: "dynamic-range" } as const;
const WINDOW = { stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], ...DENSE } as const;
const CONV = { ...WINDOW, groups: 1 } as const;
const stored = (values: readonly number[], profile: "xnnpack" | "tflite") => {
  const q = dynamicQuantization(Float32Array.from(values), profile);
  return { ...q, values: values.map((value) => quantizeDynamic(value, q, profile)) };
};

describe("ranges", () => {
  test("255 steps from the smallest to the largest value", () => {
    // 127.5 wide: steps of ½, and −32 is −128 + 64 … the zero point leaves 0 exact.
    expect(stored([-32, 95.5, 0, 0.5], "xnnpack")).toEqual({
      factor: 2,
      step: 0.5,
      zeroPoint: -64,
      values: [-128, 127, -64, -63],
    });
    expect(stored([-32, 95.5, 0, 0.5], "tflite")).toMatchObject({ factor: 2, step: 0.5, zeroPoint: -64 });
  });

  test("0 is in every range", () => {
    expect(stored([127.5, 255], "xnnpack")).toMatchObject({ factor: 1, zeroPoint: -128, values: [0, 127] });
    expect(stored([-255, -51], "tflite")).toMatchObject({ factor: 1, zeroPoint: 127, values: [-128, 76] });
  });

  test("ties: to even before the zero point is added, away from zero after", () => {
    const values = [-16, 15.875, 0.0625, 0.1875, -0.0625];
    expect(stored(values, "xnnpack").values).toEqual([-128, 127, 0, 2, 0]);
    expect(stored(values, "tflite").values).toEqual([-128, 127, 1, 2, -1]);
  });

  test("of zeros, of NaN, and of what float32 cannot divide", () => {
    expect(stored([0, -0], "xnnpack")).toMatchObject({ factor: 1, zeroPoint: 127, values: [127, 127] });
    expect(stored([0, -0], "tflite")).toMatchObject({ factor: 1, zeroPoint: 0, values: [0, 0] });
    for (const profile of ["xnnpack", "tflite"] as const) {
      const { zeroPoint, values } = stored([Number.NaN, 1, -1], profile);
      expect(values[0]).toBe(zeroPoint);
      expect(stored([Number.POSITIVE_INFINITY, 1], profile).zeroPoint).toBe(0);
    }
  });

  test("are rows, images, or the pixels of a 1×1 convolution", () => {
    const of = (op: "conv2d" | "depthwise_conv2d", weightsShape: number[], attributes = {}, profile = "xnnpack") =>
      rangesOf(
        { op, inputShape: [2, 3, 4, 5], weightsShape, attributes: { ...CONV, ...attributes } },
        profile as "xnnpack",
      );
    expect(of("conv2d", [7, 1, 1, 5])).toBe(24);
    expect(of("conv2d", [7, 1, 1, 5], {}, "tflite")).toBe(2);
    expect(of("conv2d", [7, 1, 1, 5], { stride: [1, 2] })).toBe(2);
    expect(of("conv2d", [7, 1, 2, 5])).toBe(2);
    expect(of("conv2d", [5, 1, 1, 1], { groups: 5 })).toBe(2);
    expect(of("depthwise_conv2d", [1, 1, 1, 5])).toBe(2);
    const one = { inputShape: [2, 3, 4, 1], weightsShape: [1, 1, 1, 1], attributes: CONV };
    expect(rangesOf({ op: "conv2d", ...one }, "xnnpack")).toBe(2);
    const matrix = { op: "fully_connected", inputShape: [2, 3, 5], weightsShape: [4, 5], attributes: {} } as const;
    expect(rangesOf(matrix, "xnnpack")).toBe(6);
  });
});

describe("products", () => {
  test("of every row with a step of its own; bias and clamp last", () => {
    const x = float([2, 2], [255, 51, 127.5, 0]); // steps 1 and ½
    const w = weights([1, 2], [3, -2], [0.25]);
    const y = compute(referenceFullyConnected, [x, w, float([1], [0.5])], yFloat([2, 1]), DENSE);
    expect(y).toEqual([(255 * 3 - 51 * 2) * 0.25 + 0.5, 255 * 3 * 0.5 * 0.25 + 0.5]);
    const relu6 = { ...DENSE, activation: "relu6" } as const;
    expect(compute(referenceFullyConnected, [x, w, undefined], yFloat([2, 1]), relu6)).toEqual([6, 6]);
  });

  test("a padded tap adds nothing, whatever the zero point", () => {
    const x = float([1, 1, 2, 1], [-63.75, 191.25]);
    const w = weights([1, 1, 3, 1], [5, 7, 9]);
    const same = { ...CONV, padding: [0, 1, 0, 1] };
    // −63.75 is stored as −64 or −63 steps of 1 from 0, a tie: rne gives −64; 191.25 as 191
    const y = compute(referenceConv2d, [x, w, undefined], yFloat([1, 1, 2, 1]), same);
    expect(y).toEqual([7 * -64 + 9 * 191, 5 * -64 + 7 * 191]);
  });

  test("depthwise channels share the image's range", () => {
    const x = float([1, 1, 1, 2], [255, 10]);
    const w = { ...weights([1, 1, 1, 2], [2, 3]), quantization: { scale: [1, 0.5], zeroPoint: 0, axis: 3 } };
    for (const profile of ["xnnpack", "tflite"] as const) {
      const y = compute(referenceDepthwiseConv2d, [x, w, float([2], [1, 1])], yFloat([1, 1, 1, 2]), WINDOW, profile);
      expect(y).toEqual([511, 16]);
    }
  });
});

test("the mode is for float32 activations with int8 weights alone, which have no zero point", () => {
  const tensor = ({ data: _, ...rest }: Tensor) => rest;
  const x = tensor({ name: "x", dtype: "float32", shape: [1, 1, 1, 1] });
  const w = (dtype: "int8" | "float32", zeroPoint = 0) =>
    tensor({
      name: "w",
      dtype,
      shape: [1, 1, 1, 1],
      ...(dtype === "int8" && { quantization: { scale: [1], zeroPoint } }),
    });
  const verify = (weightsType: Tensor, attributes: object) => () =>
    conv2d.verify!([x, weightsType, undefined], { ...CONV, ...attributes }, [x], "xnnpack");
  const { mode: _, ...plain } = CONV;
  expect(verify(w("int8"), {})).not.toThrow();
  // Without a mode the weights are only stored as int8.
  expect(() => conv2d.verify!([x, w("int8"), undefined], plain, [x], "xnnpack")).not.toThrow();
  expect(verify(w("float32"), {})).toThrow(
    'mode is "dynamic-range", which is for float32 activations and int8 weights',
  );
  expect(verify(w("int8", 3), {})).toThrow('weights have zero point 3; in mode "dynamic-range" it must be 0');
  expect(verify(w("int8"), { unsigned: true })).toThrow('unsigned is true; in mode "dynamic-range" it must be false');
});
