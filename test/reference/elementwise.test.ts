import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Numerics } from "../../host/core/model.js";
import { referenceAdd } from "../../host/ops/add/reference.js";
import { referenceDequantize } from "../../host/ops/dequantize/reference.js";
import { referenceHardSwish } from "../../host/ops/hard_swish/reference.js";
import { referenceLeakyRelu } from "../../host/ops/leaky_relu/reference.js";
import { referenceLogistic } from "../../host/ops/logistic/reference.js";
import { referenceMul } from "../../host/ops/mul/reference.js";
import { referencePrelu } from "../../host/ops/prelu/reference.js";
import { referenceQuantize } from "../../host/ops/quantize/reference.js";
import { referenceRelu } from "../../host/ops/relu/reference.js";
import { referenceRequantize } from "../../host/ops/requantize/reference.js";
import { referenceSub } from "../../host/ops/sub/reference.js";
import { referenceTanh } from "../../host/ops/tanh/reference.js";
import { compute, everyInt8, float, int8, uint8, y8, yFloat } from "./call.js";

const PLAIN = { activation: "none", unsigned: false } as const;
const BOTH = ["xnnpack", "tflite"] as const;

describe("two inputs", () => {
  test("sum: xnnpack rounds ties up, tflite away from zero", () => {
    const inputs = [int8([4], [-3, -1, 1, 3]), int8([4], [0, 0, 0, 0])];
    expect(compute(referenceAdd, inputs, y8([4], 2), PLAIN, "xnnpack")).toEqual([-1, 0, 1, 2]);
    expect(compute(referenceAdd, inputs, y8([4], 2), PLAIN, "tflite")).toEqual([-2, -1, 1, 2]);
  });

  test("difference subtracts the second", () => {
    const inputs = [int8([2], [10, 3], 1, 1), int8([2], [4, 4], 2, 3)];
    for (const numerics of BOTH)
      expect(compute(referenceSub, inputs, y8([2], 1, -5), PLAIN, numerics)).toEqual([2, -5]);
  });

  test("product: xnnpack rounds ties to even, tflite up", () => {
    const inputs = [int8([4], [-3, -1, 1, 3]), int8([1], [1])];
    expect(compute(referenceMul, inputs, y8([4], 2), PLAIN, "xnnpack")).toEqual([-2, 0, 0, 2]);
    expect(compute(referenceMul, inputs, y8([4], 2), PLAIN, "tflite")).toEqual([-1, 0, 1, 2]);
  });

  test("the largest fixed-point factor wraps; twice as large is refused", () => {
    // 5 · 2^29: 5 << 30 wraps to 2^30, times a half; 2 << 30 wraps to −2^31
    const inputs = [int8([2], [5, 2]), int8([1], [1])];
    expect(compute(referenceMul, inputs, y8([2], 2 ** -29), PLAIN, "tflite")).toEqual([127, -128]);
    expect(() => compute(referenceMul, inputs, y8([2], 2 ** -30), PLAIN, "tflite")).toThrow("rescales by 1073741824");
  });

  test("both sides broadcast, also by rank", () => {
    const inputs = [float([2, 1], [10, 20]), float([3], [1, 2, 3])];
    expect(compute(referenceAdd, inputs, yFloat([2, 3]), PLAIN)).toEqual([11, 12, 13, 21, 22, 23]);
    expect(compute(referenceSub, inputs, yFloat([2, 3]), PLAIN)).toEqual([9, 8, 7, 19, 18, 17]);
    expect(compute(referenceMul, inputs, yFloat([2, 3]), { ...PLAIN, activation: "relu6" })).toEqual([
      6, 6, 6, 6, 6, 6,
    ]);
  });

  test("xnnpack refuses ratios of scales that XNNPACK refuses", () => {
    const inputs = [int8([1], [1]), int8([1], [1], 1e-6)];
    expect(() => compute(referenceAdd, inputs, y8([1]), PLAIN)).toThrow("2^-10");
    expect(compute(referenceAdd, inputs, y8([1]), PLAIN, "tflite")).toEqual([1]);
  });

  test("results are within one step of real arithmetic", () => {
    const scale = fc.double({ min: 0.02, max: 2, noNaN: true }).map(Math.fround);
    const q = fc.integer({ min: -128, max: 127 });
    fc.assert(
      fc.property(
        scale,
        scale,
        scale,
        q,
        q,
        q,
        q,
        q,
        fc.constantFrom(...BOTH),
        (sa, sb, sy, za, zb, zy, a, b, numerics) => {
          const inputs = [int8([1], [a], sa, za), int8([1], [b], sb, zb)];
          const [x, y] = [sa * (a - za), sb * (b - zb)];
          for (const [reference, real] of [
            [referenceAdd, x + y],
            [referenceSub, x - y],
            [referenceMul, x * y],
          ] as const) {
            const exact = Math.min(Math.max(real / sy + zy, -128), 127);
            const [result] = compute(reference, inputs, y8([1], sy, zy), PLAIN, numerics) as [number];
            // Rounding twice can add a quarter: 1/3 is 2/3 → 1, halved 0.5 → 1.
            expect(Math.abs(result - exact)).toBeLessThan(numerics === "tflite" ? 0.76 : 0.51);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("one input", () => {
  const unsigned = { unsigned: false };

  test.each(BOTH)("%s: logistic and tanh are within a step of the function", (numerics) => {
    const x = everyInt8(0.05, 3);
    const logistic = compute(referenceLogistic, [x], y8([256], 1 / 256, -128), unsigned, numerics);
    const tanh = compute(referenceTanh, [x], y8([256], 1 / 128, 0), unsigned, numerics);
    for (let i = 0; i < 256; i++) {
      const real = 0.05 * (i - 128 - 3);
      expect(Math.abs((logistic[i] as number) - Math.min(256 / (1 + Math.exp(-real)) - 128, 127))).toBeLessThan(0.51);
      expect(Math.abs((tanh[i] as number) - Math.min(128 * Math.tanh(real), 127))).toBeLessThan(0.51);
    }
  });

  test("logistic of 0 is a half", () => {
    const y = y8([1], 1 / 256, -128);
    for (const numerics of BOTH)
      expect(compute(referenceLogistic, [int8([1], [0])], y, unsigned, numerics)).toEqual([0]);
    expect(compute(referenceLogistic, [float([1], [0])], yFloat([1]), unsigned)).toEqual([0.5]);
  });

  test("leaky_relu: xnnpack has 8-bit factors, tflite 31-bit ones", () => {
    const x = int8([4], [-100, -10, 0, 100]);
    // 0.3 becomes 77/256 = 0.30078: −30.08 → −30, −3.008 → −3; a slope of 0.01 becomes 3/256: −1.17 → −1
    expect(compute(referenceLeakyRelu, [x], y8([4]), { alpha: 0.3 })).toEqual([-30, -3, 0, 100]);
    expect(compute(referenceLeakyRelu, [x], y8([4], 0.5), { alpha: 0.01 })).toEqual([-2, 0, 0, 127]);
    expect(compute(referenceLeakyRelu, [x], y8([4], 0.5), { alpha: 0.01 }, "tflite")).toEqual([-2, 0, 0, 127]);
    expect(compute(referenceLeakyRelu, [int8([1], [-128])], y8([1], 0.25), { alpha: 0.005 })).toEqual([-2]); // −2.5, up
    expect(compute(referenceLeakyRelu, [float([2], [-2, 2])], yFloat([2]), { alpha: 0.5 })).toEqual([-1, 2]);
  });

  test("relu rescales and clamps to the real range", () => {
    const x = int8([4], [-8, 0, 5, 50], 0.5, -4); // real −2, 2, 4.5, 27
    expect(compute(referenceRelu, [x], y8([4], 0.25, -128), { activation: "relu6" }, "tflite")).toEqual([
      -128, -120, -110, -104,
    ]);
    expect(compute(referenceRelu, [float([3], [-1, 0.5, 9])], yFloat([3]), { activation: "relu_n1_to_1" })).toEqual([
      -1, 0.5, 1,
    ]);
  });

  test("hard_swish is within two steps of the function, and exact at both ends", () => {
    const x = everyInt8(0.05, -10);
    const y = compute(referenceHardSwish, [x], y8([256], 0.06, -120), {}, "tflite");
    for (let i = 0; i < 256; i++) {
      const real = 0.05 * (i - 128 + 10);
      const exact = (real * Math.min(Math.max(real + 3, 0), 6)) / 6 / 0.06 - 120;
      expect(Math.abs((y[i] as number) - Math.min(Math.max(exact, -128), 127))).toBeLessThan(1.5);
    }
    expect(compute(referenceHardSwish, [float([3], [-3, 3, 1e38])], yFloat([3]), {})).toEqual([
      -0,
      3,
      Math.fround(1e38),
    ]);
  });

  test("quantize: xnnpack rounds ties to even, tflite away; NaN is the zero point", () => {
    const x = float([7], [-1.5, -0.5, 0.5, 1.5, 1e30, Number.NEGATIVE_INFINITY, Number.NaN]);
    expect(compute(referenceQuantize, [x], y8([7], 1, 2), {})).toEqual([0, 2, 2, 4, 127, -128, 2]);
    expect(compute(referenceQuantize, [x], y8([7], 1, 2), {}, "tflite")).toEqual([0, 1, 3, 4, 127, -128, 2]);
  });

  test("quantize multiplies by the reciprocal in xnnpack and divides in tflite", () => {
    // 0.35 / 0.7 is just below a half in double; f(x · f(1/s)) is a half or just above
    const s = Math.fround(0.7);
    const x = float([1], [Math.fround(0.35)]);
    expect(compute(referenceQuantize, [x], y8([1], s), {})).toEqual([0]);
    expect(compute(referenceQuantize, [x], y8([1], s), {}, "tflite")).toEqual([1]);
  });

  test("dequantize is scale · (q − zp) in float32", () => {
    expect(compute(referenceDequantize, [int8([2], [-128, 127], 0.1, 5)], yFloat([2]), {})).toEqual([
      Math.fround(-133 * 0.1),
      Math.fround(122 * 0.1),
    ]);
    expect(compute(referenceDequantize, [uint8([1], [255], 0.5, 128)], yFloat([1]), {})).toEqual([63.5]);
  });

  test.each([
    ["int8", "uint8"],
    ["uint8", "int8"],
  ] as const)("requantize %s → %s with equal scales and zero points 128 apart flips the top bit", (from, to) => {
    const all = Array.from({ length: 256 }, (_, i) => (from === "int8" ? i - 128 : i));
    const x = from === "int8" ? int8([256], all, 0.37, 3) : uint8([256], all, 0.37, 131);
    const y = { ...y8([256], 0.37, to === "int8" ? 3 : 131), dtype: to };
    for (const numerics of BOTH) {
      const result = compute(referenceRequantize, [x], y, { arithmetic: "profile" }, numerics);
      expect(result.map((v) => v & 255)).toEqual(all.map((v) => (v & 255) ^ 0x80));
    }
  });

  test("requantize int8 → int8: xnnpack has an 8-bit factor", () => {
    const x = int8([3], [100, -100, 1]);
    const profile = { arithmetic: "profile" } as const;
    // 1 / 3 is 85/256 in xnnpack. In tflite it is 2/3, rounded, then halved and rounded again: 0.67 → 1 → 0.5 → 1
    expect(compute(referenceRequantize, [x], y8([3], 3), profile)).toEqual([33, -33, 0]);
    expect(compute(referenceRequantize, [x], y8([3], 3), profile, "tflite")).toEqual([34, -34, 1]);
    expect(compute(referenceRequantize, [x], y8([3], 70), profile)).toEqual([2, -2, 0]); // 4/256 · 100 = 1.56
    expect(compute(referenceRequantize, [x], y8([3], 70), profile, "tflite")).toEqual([1, -1, 0]); // 1.43
  });

  test("requantize for a uint8 concatenation rounds half away on unsigned values", () => {
    const x = int8([3], [-128, -127, -125], 0.5, -128);
    expect(compute(referenceRequantize, [x], y8([3], 1, -128), { arithmetic: "concatenation" }, "tflite")).toEqual([
      -128, -127, -126,
    ]);
  });
});

describe("profile onnx", () => {
  const x = int8([1], [0]);
  const onnx: Numerics = "onnx";
  test("is refused by name where ONNX Runtime has no such operator", () => {
    expect(() => compute(referencePrelu, [x, x], y8([1]), {}, onnx)).toThrow('prelu: numerics "onnx"');
  });

  test("adds the zero point before it rounds: an odd one sends ties the other way", () => {
    const half = int8([4], [1, 3, 5, -1], 0.5);
    const nothing = int8([1], [0], 0.5);
    expect(compute(referenceAdd, [half, nothing], y8([4], 1, 0), PLAIN, onnx)).toEqual([0, 2, 2, 0]);
    expect(compute(referenceAdd, [half, nothing], y8([4], 1, 1), PLAIN, onnx)).toEqual([2, 2, 4, 0]);
    expect(compute(referenceSub, [half, nothing], y8([4], 1, 1), PLAIN, onnx)).toEqual([1, 3, 3, 1]);
    expect(compute(referenceMul, [half, int8([1], [1])], y8([4], 1, 1), PLAIN, onnx)).toEqual([2, 2, 4, 0]);
  });

  test("unsigned: beside 200 there is less room for a fraction than beside 72", () => {
    // 0.5 + 2^-18 is more than half; beside 128 float32 has no bit left for the 2^-18.
    const scale = 0.5 + 2 ** -18;
    const sum = (unsigned: boolean) =>
      compute(referenceAdd, [int8([1], [1], scale), int8([1], [0])], y8([1]), { ...PLAIN, unsigned }, onnx);
    expect(sum(false)).toEqual([1]);
    expect(sum(true)).toEqual([0]);
  });

  test("a quotient, not a product with the inverse", () => {
    const scale = Math.fround(0.0235);
    const x = float([1], [2.5 * scale]);
    expect(compute(referenceQuantize, [x], y8([1], scale), {}, onnx)).toEqual([2]);
    expect(compute(referenceQuantize, [float([1], [5.5 * scale])], y8([1], scale), {}, onnx)).toEqual([6]);
    expect(compute(referenceQuantize, [float([1], [5.5 * scale])], y8([1], scale), {}, "xnnpack")).toEqual([5]);
  });

  test("but float32 has one meaning in every profile", () => {
    expect(compute(referenceAdd, [float([1], [1]), float([1], [2])], yFloat([1]), PLAIN, onnx)).toEqual([3]);
  });
});
