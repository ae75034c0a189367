import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { exp, expf, logisticf, tanhf } from "../../host/core/exp.js";

const TABLE = JSON.parse(readFileSync(new URL("exp-table.json", import.meta.url), "utf8")) as Record<
  string,
  [string, string][]
>;
const FUNCTIONS = { expf, logisticf, tanhf, exp };

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

  test("expf is 2^x-exact where exp is 1", () => {
    expect(expf(0)).toBe(1);
    expect(expf(-0)).toBe(1);
    expect(exp(0)).toBe(1);
  });
});
