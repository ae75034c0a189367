import { describe, expect, test } from "vitest";
import { activationParams, nextPowerOfTwo } from "../../host/quantize/scheme.js";

const ASYMMETRIC = { symmetric: false, powerOfTwo: false };
const f = Math.fround;

describe("scale and zero point of a range", () => {
  test.each([
    // range, scheme, scale, zero point
    [{ min: 0, max: 255 }, ASYMMETRIC, 1, -128],
    [{ min: 0, max: 6 }, ASYMMETRIC, f(6 / 255), -128],
    [{ min: -1, max: 1 }, ASYMMETRIC, f(2 / 255), -1],
    [{ min: -1, max: 0.5 }, ASYMMETRIC, f(1.5 / 255), 42],
    // Real 0 is always inside.
    [{ min: 2, max: 10 }, ASYMMETRIC, f(10 / 255), -128],
    [{ min: -10, max: -2 }, ASYMMETRIC, f(10 / 255), 127],
    [{ min: -1, max: 0.5 }, { symmetric: true, powerOfTwo: false }, f(1 / 127), 0],
    [{ min: 0, max: 127 }, { symmetric: false, powerOfTwo: true }, 1, 0],
    [{ min: 0, max: 127.1 }, { symmetric: false, powerOfTwo: true }, 2, 0],
    [{ min: -0.01, max: 0 }, { symmetric: false, powerOfTwo: true }, 2 ** -13, 0],
  ])("%j %j", (range, scheme, scale, zeroPoint) => {
    expect(activationParams(range, scheme)).toEqual({ scale: [scale], zeroPoint });
  });

  test.each([
    { min: 0, max: 0 },
    { min: 0, max: 1e-37 },
  ])("%j has none", (range) => {
    expect(() => activationParams(range, ASYMMETRIC)).toThrow(/range .* has no scale in float32/);
  });

  test("next power of two", () => {
    expect([0, 1, 1.0001, 0.5, 0.3, 2 ** -149].map(nextPowerOfTwo)).toEqual([0, 1, 2, 0.5, 0.5, 2 ** -149]);
  });
});
