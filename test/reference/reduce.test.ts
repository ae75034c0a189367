import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { referenceArgMax } from "../../host/ops/arg_max/reference.js";
import { referenceAveragePool2d } from "../../host/ops/average_pool2d/reference.js";
import { referenceMaxPool2d } from "../../host/ops/max_pool2d/reference.js";
import { referenceMean } from "../../host/ops/mean/reference.js";
import { referenceSoftmax } from "../../host/ops/softmax/reference.js";
import { compute, float, int8, y8, yFloat } from "./call.js";

const POOL = {
  filter: [1, 2],
  stride: [1, 2],
  padding: [0, 0, 0, 0],
  activation: "none",
  unsigned: false,
} as const;

describe("average_pool2d", () => {
  const x = int8([1, 1, 6, 1], [-1, -2, 1, 2, -1, 1], 1, 3);

  test("int8 rounds half away from zero on raw values", () => {
    expect(compute(referenceAveragePool2d, [x], y8([1, 1, 3, 1], 1, 3), POOL, "tflite")).toEqual([-2, 2, 0]);
  });

  test("unsigned rounds half up on values 128 higher", () => {
    const unsigned = { ...POOL, unsigned: true };
    expect(compute(referenceAveragePool2d, [x], y8([1, 1, 3, 1], 1, 3), unsigned, "tflite")).toEqual([-1, 2, 0]);
  });

  test("padded taps do not count", () => {
    const same = { ...POOL, filter: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] };
    const one = int8([1, 1, 2, 1], [10, 20]);
    expect(compute(referenceAveragePool2d, [one], y8([1, 1, 2, 1]), same, "tflite")).toEqual([15, 15]);
  });

  test("float32 adds in tap order, then divides", () => {
    const values = float([1, 1, 4, 1], [1e8, 1, -1e8, 1]);
    const all = { ...POOL, filter: [1, 4] };
    expect(compute(referenceAveragePool2d, [values], yFloat([1, 1, 1, 1]), all)).toEqual([0.25]);
  });
});

describe("max_pool2d", () => {
  test("takes the largest valid tap and clamps to the activation", () => {
    const x = int8([1, 1, 4, 1], [-9, -3, 4, 100]);
    expect(compute(referenceMaxPool2d, [x], y8([1, 1, 2, 1]), POOL)).toEqual([-3, 100]);
    expect(compute(referenceMaxPool2d, [x], y8([1, 1, 2, 1]), { ...POOL, activation: "relu6" })).toEqual([0, 6]);
  });

  test("channels are independent, padding never wins", () => {
    const x = float([1, 1, 1, 2], [-5, -7]);
    const same = { ...POOL, filter: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] };
    expect(compute(referenceMaxPool2d, [x], yFloat([1, 1, 1, 2]), same)).toEqual([-5, -7]);
  });
});

describe("mean", () => {
  const spatial = { axes: [1, 2], keepDims: true, unsigned: false } as const;
  const x = int8([1, 1, 2, 2], [1, 10, 2, 21]);

  test("xnnpack rounds half to even after the zero point is added", () => {
    expect(compute(referenceMean, [x], y8([1, 1, 1, 2]), spatial)).toEqual([2, 16]);
    expect(compute(referenceMean, [x], y8([1, 1, 1, 2], 1, 1), spatial)).toEqual([2, 16]); // 1.5 + 1 = 2.5 → 2
  });

  test("tflite rounds the fixed-point product", () => {
    expect(compute(referenceMean, [x], y8([1, 1, 1, 2]), spatial, "tflite")).toEqual([2, 16]);
    const negative = int8([1, 1, 2, 1], [-1, -2]);
    expect(compute(referenceMean, [negative], y8([1, 1, 1, 1]), spatial, "tflite")).toEqual([-1]);
  });

  test.each(["xnnpack", "tflite"] as const)("%s: other axes, and dimensions dropped", (numerics) => {
    const channels = { axes: [3], keepDims: false, unsigned: false };
    const even = int8([1, 2, 1, 3], [1, 2, 3, 10, 20, 30]);
    expect(compute(referenceMean, [even], y8([1, 2, 1], 2, 5), channels, numerics)).toEqual([6, 15]);
  });

  test("is within one step of the real mean, in every arithmetic", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 6, maxLength: 6 }),
        fc.integer({ min: -100, max: 100 }),
        fc.constantFrom("xnnpack", "tflite"),
        fc.boolean(),
        fc.boolean(),
        (values, zeroPoint, numerics, keepDims, unsigned) => {
          const input = int8([1, 2, 3, 1], values, 0.25, zeroPoint);
          const [y] = compute(
            referenceMean,
            [input],
            y8(keepDims ? [1, 1, 1, 1] : [1, 1], 0.3, 4),
            { axes: [1, 2], keepDims, unsigned },
            numerics,
          ) as [number];
          const real = (values.reduce((sum, v) => sum + v - zeroPoint, 0) / 6) * 0.25;
          const exact = Math.min(Math.max(real / 0.3 + 4, -128), 127);
          // The spatial tflite rule rounds the zero point's share separately, and the product twice.
          expect(Math.abs(y - exact)).toBeLessThan(1.26);
        },
      ),
    );
  });

  test("float32 adds in index order, then divides", () => {
    const values = float([1, 2, 2, 1], [1e8, 1, -1e8, 1]);
    expect(compute(referenceMean, [values], yFloat([1, 1, 1, 1]), spatial)).toEqual([0.25]);
  });
});

describe("softmax", () => {
  const attributes = { beta: 1, unsigned: false };

  test("int8: equal inputs share the row equally", () => {
    const x = int8([2, 4], [5, 5, 5, 5, -9, -9, -9, -9], 0.1);
    expect(compute(referenceSoftmax, [x], y8([2, 4], 1 / 256, -128), attributes, "tflite")).toEqual(Array(8).fill(-64));
  });

  test("int8 and unsigned clamp probability 1 to the top", () => {
    const x = int8([1, 2], [127, -128], 1);
    for (const unsigned of [false, true]) {
      const output = y8([1, 2], 1 / 256, -128);
      expect(compute(referenceSoftmax, [x], output, { beta: 1, unsigned }, "tflite")).toEqual([127, -128]);
    }
  });

  test("beta multiplies the difference", () => {
    const x = int8([1, 2], [1, 0], Math.fround(Math.log(3) / 2));
    expect(compute(referenceSoftmax, [x], y8([1, 2], 1 / 256, -128), { beta: 2, unsigned: false }, "tflite")).toEqual([
      64, -64,
    ]);
  });

  test("float32 sums to 1 within rounding and keeps the order", () => {
    const y = compute(referenceSoftmax, [float([1, 3], [1, 3, 2])], yFloat([1, 3]), attributes);
    expect(y[0] as number).toBeLessThan(y[2] as number);
    expect(y[2] as number).toBeLessThan(y[1] as number);
    expect(Math.abs(y.reduce((a, b) => a + b) - 1)).toBeLessThan(2e-7);
  });

  test("float32 survives large inputs", () => {
    expect(compute(referenceSoftmax, [float([1, 2], [1000, -1000])], yFloat([1, 2]), attributes)).toEqual([1, 0]);
  });
});

describe("arg_max", () => {
  test("the first maximum wins", () => {
    const x = int8([2, 3], [7, 9, 9, -1, -1, -2]);
    const output = { name: "y", dtype: "int32", shape: [2] } as const;
    expect(compute(referenceArgMax, [x], output, { axis: 1 })).toEqual([1, 0]);
    expect(compute(referenceArgMax, [x], { ...output, dtype: "int64", shape: [3] }, { axis: 0 })).toEqual([0, 0, 0]);
  });
});
