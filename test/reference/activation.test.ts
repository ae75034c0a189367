import { describe, expect, test } from "vitest";
import { clampFloat, clampRange } from "../../host/core/activation.js";

const q = (scale: number, zeroPoint: number) => ({ scale: [Math.fround(scale)], zeroPoint });

describe("clampRange", () => {
  test.each(["xnnpack", "tflite"] as const)("%s: real bounds in output units", (numerics) => {
    expect(clampRange("none", q(0.1, 5), numerics, false)).toEqual({ min: -128, max: 127 });
    expect(clampRange("relu", q(0.1, 5), numerics, false)).toEqual({ min: 5, max: 127 });
    expect(clampRange("relu6", q(0.1, 5), numerics, false)).toEqual({ min: 5, max: 65 });
    expect(clampRange("relu_n1_to_1", q(0.1, 5), numerics, false)).toEqual({ min: -5, max: 15 });
    expect(clampRange("relu6", q(0.0235, -128), numerics, false)).toEqual({ min: -128, max: 127 });
  });

  test("ties: xnnpack rounds to even after the zero point is added, tflite away from zero before", () => {
    expect(clampRange("relu_n1_to_1", q(2, 1), "xnnpack", false)).toEqual({ min: 0, max: 2 }); // 0.5, 1.5
    expect(clampRange("relu_n1_to_1", q(2, 1), "tflite", false)).toEqual({ min: 0, max: 2 }); // 1 − 1, 1 + 1
    expect(clampRange("relu_n1_to_1", q(2, 0), "xnnpack", false)).toEqual({ min: 0, max: 0 });
    expect(clampRange("relu_n1_to_1", q(2, 0), "tflite", false)).toEqual({ min: -1, max: 1 });
  });

  test("the shift of uint8 to int8 can move a bound by one in xnnpack", () => {
    // 6 / scale is 0.5 + 2^-24: beside a zero point of 128 float32 has no room for the 2^-24.
    const near = q(6 / (0.5 + 2 ** -24), 0);
    expect(Math.fround(6 / (near.scale[0] as number))).toBe(0.5 + 2 ** -24);
    expect(clampRange("relu6", near, "xnnpack", false).max).toBe(1);
    expect(clampRange("relu6", near, "xnnpack", true).max).toBe(0);
    expect(clampRange("relu6", near, "tflite", true)).toEqual(clampRange("relu6", near, "tflite", false));
  });

  test("onnx quantizes both bounds: ties to even before the zero point is added", () => {
    expect(clampRange("relu_n1_to_1", q(2, 1), "onnx", false)).toEqual({ min: 1, max: 1 }); // 0 + 1, 0 + 1
    expect(clampRange("relu6", q(4, 1), "onnx", true)).toEqual({ min: 1, max: 3 }); // 1.5
    expect(clampRange("relu6", q(0.01, 0), "onnx", false)).toEqual({ min: 0, max: 127 });
    expect(clampRange("none", q(0.01, 5), "onnx", false)).toEqual({ min: -128, max: 127 });
  });
});

test("clampFloat keeps NaN and the sign of zero", () => {
  expect(clampFloat(Number.NaN, 0, 6)).toBeNaN();
  expect(clampFloat(-0, 0, 6)).toBe(-0);
  expect([clampFloat(-1, 0, 6), clampFloat(7, 0, 6), clampFloat(3, 0, 6)]).toEqual([0, 6, 3]);
});
