import { describe, expect, test } from "vitest";
import wabt from "wabt";
import type { Family } from "../../host/wasm/kernel.js";
import { type ContestedModule, loopsModule, startContest } from "../../host/wasm/measure.js";
import { probeRelaxedDot } from "../../host/wasm/probe.js";

/** Loops that take `before` ms while the contest starts and `after` ms when it is decided, for 5,000 iterations. */
function contest(module: ContestedModule, before: Times, after: Times, clock = (ms: number) => ms) {
  let times = before;
  const decide = startContest(module, (family, iterations) => clock((times[family]! * iterations) / 5000));
  times = after;
  return decide();
}
type Times = Partial<Record<Family, number>>;

describe("ms that the loops take at first and optimized, and the kernels that follow", () => {
  const slow = { relaxed: 0.2, extmul: 0.25, dot16: 0.31 };
  test.each([
    ["relaxed-ss", slow, { relaxed: 0.02, extmul: 0.1 }, "relaxed"], // a dot product instruction
    ["relaxed-ss", slow, { relaxed: 0.1, extmul: 0.11 }, "extmul"], // none
    ["relaxed-ss", slow, { relaxed: 0.13, extmul: 0.11 }, "extmul"],
    ["relaxed-ss", slow, slow, "relaxed"], // not optimized yet
    ["relaxed-ss", { relaxed: 0.02, extmul: 0.1 }, { relaxed: 0.02, extmul: 0.1 }, "relaxed"], // at once
    ["relaxed-ss", { relaxed: 0, extmul: 0 }, { relaxed: 0, extmul: 0 }, "relaxed"], // a clock that stands still
    ["relaxed-ss", slow, { relaxed: 0.1, extmul: 0 }, "relaxed"],
    ["simd", slow, { extmul: 0.1, dot16: 0.2 }, "extmul"], // ARM
    ["simd", slow, { extmul: 0.1, dot16: 0.04 }, "dot16"], // x86 that does not show itself
    ["simd", { extmul: 0, dot16: 0 }, { extmul: 0, dot16: 0 }, "extmul"],
  ] as const)("%s, %o, %o: %s", (module, before, after, expected) => {
    const { family, text } = contest(module, before, after);
    expect(family).toBe(expected);
    expect(text).toMatch(/^kernels "\w+": the same took \d+ µs as "\w+", \d+ µs as "\w+"(, in code that .*)?$/);
    expect(text).toContain(`kernels "${expected}"`);
  });
});

test("rounds that are disturbed do not decide, nor one in which the code is replaced", () => {
  const rounds = [
    [1.02, 1.1],
    [0.02, 0.1],
    [0.2, 0.1],
    [0.02, 1.1],
    [0.02, 0.1],
  ].flat();
  let times: readonly number[] = Array.from({ length: 10 }, () => 0.25);
  let calls = 0;
  const decide = startContest("relaxed-ss", () => times[calls++]!);
  [times, calls] = [rounds, 0];
  expect(decide()).toEqual({
    family: "relaxed",
    text: 'kernels "relaxed": the same took 20 µs as "relaxed", 100 µs as "extmul"',
  });
});

test.each([
  [{ relaxed: 0.008, extmul: 0.034 }, "relaxed"],
  [{ relaxed: 0.054, extmul: 0.053 }, "extmul"],
])("a clock that moves in steps of 0.1 ms is given more to measure: %o", (after, family) => {
  const steps = (ms: number) => Math.floor(ms * 10) / 10;
  expect(contest("relaxed-ss", { relaxed: 0.09, extmul: 0.099 }, after, steps).family).toBe(family);
});

test("a contest here takes a few milliseconds, and both loops run", () => {
  const times = Array.from({ length: 5 }, () => {
    const begin = performance.now();
    const { text } = startContest("simd")();
    expect(text).toMatch(/the same took [1-9]\d* µs as "extmul", [1-9]\d* µs as "dot16"/);
    return performance.now() - begin;
  });
  expect(Math.min(...times)).toBeLessThan(20); // the others may have been interrupted
});

// Where there is no relaxed SIMD the loop must be refused, not miscompiled.
test("the loops with relaxed products compile exactly where they are", () => {
  const isThere = probeRelaxedDot() !== "missing";
  expect(WebAssembly.validate(loopsModule("relaxed", "extmul"))).toBe(isThere);
});

const STEPS: Readonly<Record<Family, (sum: string) => string>> = {
  relaxed: (sum) => `(i32x4.relaxed_dot_i8x16_i7x16_add_s ${sum} (local.get 2) ${sum})`,
  extmul: (sum) =>
    `(i32x4.add ${sum} (i32x4.extadd_pairwise_i16x8_s (i16x8.add
      (i16x8.extmul_low_i8x16_s ${sum} (local.get 2)) (i16x8.extmul_high_i8x16_s ${sum} (local.get 2)))))`,
  dot16: (sum) =>
    `(i32x4.add ${sum} (i32x4.add (i32x4.dot_i16x8_s ${sum} (local.get 2)) (i32x4.dot_i16x8_s ${sum} (local.get 3))))`,
};

test.each([
  ["relaxed", "extmul"],
  ["extmul", "dot16"],
] as const)("the loops of %s and %s are what their text says", async (first, second) => {
  const sums = [4, 5, 6, 7, 8, 9, 10, 11];
  const total = sums.map((sum) => `(local.get ${sum})`).reduce((all, sum) => `(i32x4.add ${all} ${sum})`);
  const loop = (family: Family) => `(loop
    ${sums.map((sum) => `(local.set ${sum} ${STEPS[family](`(local.get ${sum})`)})`).join("\n")}
    (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))`;
  const text = `(module (func (export "f") (param i32 i32) (result i32)
    (local v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
    (local.set 2 (i32x4.splat (local.get 0)))
    (local.set 3 (i16x8.splat (local.get 0)))
    (if (local.get 1) (then ${loop(second)}) (else ${loop(first)}))
    (i32x4.extract_lane 0 ${total})))`;
  const { parseWat } = await wabt();
  const parsed = parseWat("loops.wat", text, { simd: true, relaxed_simd: true });
  expect(loopsModule(first, second)).toEqual(new Uint8Array(parsed.toBinary({}).buffer));
});
