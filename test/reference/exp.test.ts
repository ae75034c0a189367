import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { erff, geluf, geluTanhf } from "../../host/core/erf.js";
import { exp, expf, logisticf, tanhf } from "../../host/core/exp.js";
import { logf, powf, softplusf } from "../../host/core/log.js";
import { eluf } from "../../host/core/unary.js";

const TABLE = JSON.parse(readFileSync(new URL("exp-table.json", import.meta.url), "utf8")) as Record<
  string,
  [string, string][]
>;
const expm1f = (x: number) => eluf(x, 1);
const FUNCTIONS = { expf, logisticf, tanhf, exp, logf, erff, softplusf, geluf, geluTanhf, expm1f };

/** Position in the order of all doubles (or float32s), so that a difference counts ulps. */
function ordinal(x: number, single: boolean): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (single) {
    view.setFloat32(0, x);
    const bits = BigInt(view.getInt32(0));
    return bits < 0n ? -(bits + 2n ** 31n) : bits;
  }
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits + 2n ** 63n) : bits;
}

describe.each(Object.keys(FUNCTIONS) as (keyof typeof FUNCTIONS)[])("%s", (name) => {
  const single = name !== "exp";
  const errors = (TABLE[name] as [string, string][]).map(([argument, result]) => {
    const received = FUNCTIONS[name](Number(argument));
    const expected = Number(result.replace("inf", "Infinity"));
    return { argument, expected, received, ulps: Number(ordinal(received, single) - ordinal(expected, single)) };
  });

  test("200 arguments are within 1 ulp of the correctly rounded result", () => {
    expect(errors).toHaveLength(200);
    expect(errors.filter(({ ulps }) => Math.abs(ulps) > 1)).toEqual([]);
  });

  if (!single) return;
  // A double result has 29 bits more than float32 shows: hardly ever does the last rounding go the other way.
  test("at most 2 of 200 are not correctly rounded", () => {
    expect(errors.filter(({ ulps }) => ulps !== 0).length).toBeLessThanOrEqual(2);
  });
});

describe("special arguments", () => {
  test("infinities reach the limits", () => {
    expect([expf(Infinity), expf(-Infinity)]).toEqual([Infinity, 0]);
    expect([logisticf(Infinity), logisticf(-Infinity)]).toEqual([1, 0]);
    expect([tanhf(Infinity), tanhf(-Infinity)]).toEqual([1, -1]);
  });

  test("NaN stays NaN", () => {
    for (const f of [expf, logisticf, tanhf, exp]) expect(f(Number.NaN)).toBeNaN();
  });

  test("tanhf keeps the sign of zero and the smallest subnormal", () => {
    expect(tanhf(-0)).toBe(-0);
    expect(tanhf(-(2 ** -149))).toBe(-(2 ** -149));
  });

  test("logf has the limits of ln", () => {
    expect([logf(0), logf(-0), logf(1), logf(Infinity)]).toEqual([-Infinity, -Infinity, 0, Infinity]);
    expect([logf(-1), logf(-1e-45), logf(Number.NaN)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test("erff, geluf and softplusf reach theirs", () => {
    expect([erff(Infinity), erff(-Infinity), erff(4), erff(-0)]).toEqual([1, -1, 1, -0]);
    expect([geluf(1e30), geluf(-1e30), geluTanhf(1e30), geluTanhf(-1e30)]).toEqual(
      [1e30, -0, 1e30, -0].map(Math.fround),
    );
    expect([softplusf(Infinity), softplusf(-Infinity), softplusf(1e30)]).toEqual([Infinity, 0, Math.fround(1e30)]);
  });

  test("powf is IEEE 754's pow", () => {
    const { NaN: nan } = Number;
    for (const [x, y, expected] of [
      [nan, 0, 1],
      [1, nan, 1],
      [-1, Infinity, 1],
      [nan, 1, nan],
      [2, nan, nan],
      [-8, 3, -512],
      [-8, 2, 64],
      [-8, 0.5, nan],
      [0, -1, Infinity],
      [-0, -1, -Infinity],
      [-0, 3, -0],
      [-0, 0.5, 0],
      [-0, 2, 0],
      [-Infinity, 3, -Infinity],
      [-Infinity, -0.5, 0],
      [0.5, -Infinity, Infinity],
      [2, 0.5, Math.fround(Math.SQRT2)],
      [-2, 16777216, Infinity],
    ] as const) {
      expect(powf(x, y), `${x} to the power of ${y}`).toBe(expected);
    }
  });

  test("expf is 2^x-exact where exp is 1", () => {
    expect(expf(0)).toBe(1);
    expect(expf(-0)).toBe(1);
    expect(exp(0)).toBe(1);
  });
});
