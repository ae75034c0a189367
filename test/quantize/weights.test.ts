import { describe, expect, test } from "vitest";
import type { Tensor } from "../../host/core/model.js";
import { roundBias, roundWeights, weightScales } from "../../host/quantize/weights.js";

const SCHEME = { perChannel: true, powerOfTwo: false, bits: 8, clip: "max" } as const;
const f = Math.fround;

function weights(shape: readonly number[], values: readonly number[]): Tensor {
  return { name: "w", dtype: "float32", shape, data: new Uint8Array(Float32Array.from(values).buffer) };
}

describe("weights", () => {
  const w = weights([2, 3], [1, -2, 0.5, 100, 25, 0]);

  test("have a scale per channel, or one", () => {
    expect(weightScales(w, 0, SCHEME, undefined, 1)).toEqual([f(2 / 127), f(100 / 127)]);
    expect(weightScales(w, 1, SCHEME, undefined, 1)).toEqual([f(100 / 127), f(25 / 127), f(0.5 / 127)]);
    expect(weightScales(w, 0, { ...SCHEME, perChannel: false }, undefined, 1)).toEqual([f(100 / 127)]);
    expect(weightScales(w, 0, { ...SCHEME, powerOfTwo: true }, undefined, 1)).toEqual([2 ** -5, 1]);
    expect(weightScales(w, 0, { ...SCHEME, bits: 4 }, undefined, 1)).toEqual([f(2 / 7), f(100 / 7)]);
  });

  test("are rounded half to even, and never −128", () => {
    expect([...roundWeights(w, 0, [f(2 / 127), f(100 / 127)], 8)]).toEqual([64, -127, 32, 127, 32, 0]);
    expect([...roundWeights(weights([1, 4], [0.5, 1.5, -2.5, -300]), 0, [1], 8)]).toEqual([0, 2, -2, -127]);
    expect([...roundWeights(weights([1, 2], [9, -9]), 0, [1], 4)]).toEqual([7, -7]);
  });

  test("clipped by mse, have less squared error, an outlier or not", () => {
    const outlier = weights([1, 200], [...Array.from({ length: 199 }, (_, i) => (i - 99) / 99), 3]);
    const [widest] = weightScales(outlier, 0, { ...SCHEME, bits: 4 }, undefined, 1) as [number];
    const [clipped] = weightScales(outlier, 0, { ...SCHEME, bits: 4, clip: "mse" }, undefined, 1) as [number];
    const error = (scale: number) => {
      const stored = roundWeights(outlier, 0, [scale], 4);
      return stored.reduce((sum, q, i) => sum + (q * scale - new Float32Array(outlier.data!.buffer)[i]!) ** 2, 0);
    };
    expect(clipped).toBeLessThan(widest);
    expect(error(clipped)).toBeLessThan(error(widest));
    expect(weightScales(w, 0, { ...SCHEME, powerOfTwo: true, clip: "mse" }, undefined, 1)).toEqual([2 ** -5, 1]);
  });

  test("a bias that int32 could not hold raises the scale, and one without weights has its own", () => {
    const [small, dead] = weightScales(
      weights([2, 1], [1e-6, 0]),
      0,
      SCHEME,
      Float32Array.of(100, 3),
      0.01,
    ) as number[];
    const stored = roundBias(Float32Array.of(100, 3), 0.01, [small!, dead!]);
    expect(stored[0]).toBe(2 ** 30);
    expect(stored[0]! * 0.01 * small!).toBeCloseTo(100, 4);
    expect(stored[1]! * 0.01 * dead!).toBeCloseTo(3, 4);
    expect(stored[1]).toBe(2 ** 20);
  });

  test("all 0 without a bias have some scale", () => {
    expect(weightScales(weights([1, 2], [0, 0]), 0, SCHEME, Float32Array.of(0), 0.01)).toEqual([1]);
    expect(weightScales(weights([1, 1], [1e-45]), 0, SCHEME, undefined, 0.01)).toEqual([2 ** -126]);
  });

  test("that are not finite are refused", () => {
    expect(() => weightScales(weights([1, 2], [1, Number.NaN]), 0, SCHEME, undefined, 1)).toThrow(
      /weights "w" have the value NaN/,
    );
  });
});
