import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  multiplyByQuantizedMultiplierSingle,
  quantizeMultiplier,
  roundHalfAway,
  roundHalfEven,
  roundHalfUp,
  roundingDivideByPowerOfTwo,
} from "../../host/core/rounding.js";

/** A failing case must fail again. */
fc.configureGlobal({ seed: 20240611 });

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const multiplier = fc.integer({ min: 2 ** 30, max: 2 ** 31 - 1 });

describe("ties", () => {
  //            x     even  away  up
  test.each([
    [-2.5, -2, -3, -2],
    [-1.5, -2, -2, -1],
    [-0.5, 0, -1, 0],
    [0.5, 0, 1, 1],
    [1.5, 2, 2, 2],
    [2.5, 2, 3, 3],
    [-0.49999999999999994, 0, 0, 0],
    [0.49999999999999994, 0, 0, 0],
    [2 ** 52 - 0.5, 2 ** 52, 2 ** 52, 2 ** 52],
    [2 ** 53 + 2, 2 ** 53 + 2, 2 ** 53 + 2, 2 ** 53 + 2],
    [Infinity, Infinity, Infinity, Infinity],
  ])("%d rounds to %d (even), %d (away), %d (up)", (x, even, away, up) => {
    expect(roundHalfEven(x) + 0).toBe(even);
    expect(roundHalfAway(x) + 0).toBe(away);
    expect(roundHalfUp(x) + 0).toBe(up);
  });

  test("no rounding moves a number by more than a half", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (x) => {
        for (const round of [roundHalfEven, roundHalfAway, roundHalfUp]) {
          expect(Number.isInteger(round(x))).toBe(true);
          expect(Math.abs(round(x) - x)).toBeLessThanOrEqual(0.5);
        }
      }),
    );
  });
});

test("clamp takes infinities and keeps the bounds", () => {
  expect([clamp(-Infinity, -128, 127), clamp(Infinity, -128, 127), clamp(-128, -128, 127)]).toEqual([-128, 127, -128]);
});

describe("quantizeMultiplier", () => {
  test.each([
    [1, 2 ** 30, 1],
    [0.5, 2 ** 30, 0],
    [0.75, 1610612736, 0],
    [0, 0, 0],
    [1 - 2 ** -53, 2 ** 30, 1], // The mantissa rounds up to 2^31 and is halved
    [2 ** -32, 2 ** 30, -31],
    [2 ** -33, 0, 0],
    [2 ** -1070, 0, 0],
    [-0.75, -1610612736, 0],
  ])("%d is %d · 2^(%d − 31)", (factor, multiplier, shift) => {
    expect(quantizeMultiplier(factor)).toEqual({ multiplier, shift });
  });

  test.each([2 ** 30, 2 ** 30 * (1 - 2 ** -40), 1e300, Infinity, Number.NaN])("%d is refused", (factor) => {
    expect(() => quantizeMultiplier(factor)).toThrow(`rescales by ${factor}; fixed-point factors are below 2^30`);
  });

  test("the largest factor", () => {
    expect(quantizeMultiplier(2 ** 30 - 1)).toEqual({ multiplier: 2 ** 31 - 2, shift: 30 });
  });

  test("is off by half a unit of the mantissa at most", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (factor) => {
        const { multiplier, shift } = quantizeMultiplier(factor);
        expect(Math.abs(multiplier * 2 ** (shift - 31) - factor)).toBeLessThanOrEqual(2 ** (shift - 32));
      }),
    );
  });
});

describe("multiplyByQuantizedMultiplier", () => {
  const half = 2 ** 30; // times 2^−31 is 1/2

  test.each([
    // x, shift: a half, rounded up by the high product …
    [1, 0, 1],
    [-1, 0, 0],
    [3, 0, 2],
    [-3, 0, -1],
    // … and then a right shift, rounded away: −1.5 → −1 → −0.5 → −1
    [-3, -1, -1],
    [3, -1, 1],
    [2, -1, 1],
    [-2, -1, -1],
    // a left shift wraps in int32
    [2 ** 30, 1, -(2 ** 30)],
    [2 ** 30, 2, 0],
    [-(2 ** 31), 0, -(2 ** 30)],
  ])("x = %d with factor 2^%d / 2 gives %d", (x, shift, expected) => {
    expect(multiplyByQuantizedMultiplier(x, half, shift)).toBe(expected);
  });

  test("equals the definition in big integers", () => {
    const definition = (x: number, q: number, shift: number): number => {
      const shifted = BigInt.asIntN(32, BigInt(x) << BigInt(Math.max(shift, 0)));
      const high = (shifted * BigInt(q) + (1n << 30n)) >> 31n;
      const half = shift < 0 ? 1n << BigInt(-shift - 1) : 0n;
      const magnitude = ((high < 0n ? -high : high) + half) >> BigInt(Math.max(-shift, 0));
      return Number(high < 0n ? -magnitude : magnitude);
    };
    fc.assert(
      fc.property(int32, multiplier, fc.integer({ min: -31, max: 30 }), (x, q, shift) => {
        expect(multiplyByQuantizedMultiplier(x, q, shift) + 0).toBe(definition(x, q, shift));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("multiplyByQuantizedMultiplierSingle", () => {
  test.each([
    [-3, -1, -1], // −0.75 → −1
    [-2, -1, 0], // −0.5 → 0: up
    [2, -1, 1],
    [-1, 0, 0],
    [7, 30, 7 * 2 ** 29 - 2 ** 32], // wraps
  ])("x = %d with factor 2^%d / 2 gives %d", (x, shift, expected) => {
    expect(multiplyByQuantizedMultiplierSingle(x, 2 ** 30, shift) + 0).toBe(expected);
  });

  test("equals the definition in big integers", () => {
    fc.assert(
      fc.property(int32, multiplier, fc.integer({ min: -31, max: 30 }), (x, q, shift) => {
        const right = BigInt(31 - shift);
        const exact = BigInt.asIntN(32, (BigInt(x) * BigInt(q) + (1n << (right - 1n))) >> right);
        expect(multiplyByQuantizedMultiplierSingle(x, q, shift) + 0).toBe(Number(exact));
      }),
      { numRuns: 5000 },
    );
  });
});

test("roundingDivideByPowerOfTwo rounds ties away from zero", () => {
  expect([-3, -2, -1, 1, 2, 3].map((x) => roundingDivideByPowerOfTwo(x, 1) + 0)).toEqual([-2, -1, -1, 1, 1, 2]);
  expect(roundingDivideByPowerOfTwo(-(2 ** 31), 31)).toBe(-1);
});
