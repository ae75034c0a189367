import { describe, expect, test } from "vitest";
import { selectModule } from "../../host/runtime/select.js";
import { isX86 } from "../../host/wasm/detect.js";
import { judge, measureRelaxedDot } from "../../host/wasm/measure.js";
import { probeRelaxedDot } from "../../host/wasm/probe.js";

test("x86 is told by its NaN", () => {
  expect(isX86()).toBe(["x64", "ia32"].includes(process.arch));
});

test("off x86 the simd module prefers extmul", async () => {
  const { choice } = await selectModule("simd");
  expect(choice.family).toBe(isX86() ? undefined : "extmul");
});

describe("relaxed dot products are preferred", () => {
  test.each([
    [20, 70, "relaxed"],
    [107, 110, "extmul"],
    [130, 110, "extmul"],
    [0, 0, "relaxed"],
    [0.1, 0, "relaxed"],
  ])("%f ms against %f ms: %s", (relaxed, extmul, family) => expect(judge(relaxed, extmul)).toBe(family));
});

// Where there is no relaxed SIMD the module must be refused, not miscompiled.
test("the measurement takes a few milliseconds and says what it saw", () => {
  if (probeRelaxedDot() === "missing") {
    expect(measureRelaxedDot).toThrow(WebAssembly.CompileError);
    return;
  }
  const begin = performance.now();
  const { text } = measureRelaxedDot();
  expect(performance.now() - begin).toBeLessThan(50);
  expect(text).toMatch(/^relaxed dot products took \d+ µs, the same with extmul \d+ µs$/);
});
