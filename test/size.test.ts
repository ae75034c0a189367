import { beforeAll, expect, test } from "vitest";
import { MODULE_LIMIT, measureSizes, RUNTIME_LIMIT } from "../bench/size/measure.mjs";
import { measuredSizes, statedSizes } from "../bench/size/readme.mjs";
import { MODULES } from "../host/wasm/kernel.js";

let sizes: Awaited<ReturnType<typeof measureSizes>>;
beforeAll(async () => {
  sizes = await measureSizes();
});

test.each(MODULES)("the %s module has at most 64 KiB", (module) => {
  expect(sizes.modules[module]!.raw).toBeLessThanOrEqual(MODULE_LIMIT);
});

test("the runtime's JavaScript has at most 16 KiB gzipped", () => {
  expect(sizes.runtime.gzip).toBeLessThanOrEqual(RUNTIME_LIMIT);
});

// A bundle that lost its content would pass the bounds.
test("the bundles hold what they should", () => {
  expect(sizes.runtime.raw).toBeGreaterThan(10_000);
  expect(sizes.page.raw).toBeGreaterThan(sizes.runtime.raw + (4 / 3) * sizes.modules["simd"]!.raw);
  expect(sizes.toolchain.raw).toBeGreaterThan(10_000);
});

// Every kernel moves a few bytes; `npm run build:docs` writes the table anew.
test("README.md states the sizes within 5 %", async () => {
  const [stated, measured] = [statedSizes(), await measuredSizes()];
  expect(stated.map(({ entry }) => entry)).toEqual(measured.map(({ entry }) => entry));
  for (const [i, size] of measured.entries()) {
    for (const key of ["raw", "gzip", "brotli"] as const) {
      expect(Math.abs(stated[i]![key] / size[key] - 1), `${size.entry}, ${key}`).toBeLessThan(0.05);
    }
  }
});
