import { beforeAll, expect, test } from "vitest";
import { MODULE_LIMIT, measureSizes, RUNTIME_LIMIT } from "../bench/size/measure.mjs";
import { MODULES } from "../host/wasm/kernel.js";

let sizes: Awaited<ReturnType<typeof measureSizes>>;
beforeAll(async () => {
  sizes = await measureSizes();
});

test.each(MODULES)("the %s module has at most 64 KiB", (module) => {
  expect(sizes.modules[module]!.raw).toBeLessThanOrEqual(MODULE_LIMIT);
});

test("the runtime's JavaScript has at most 12 KiB gzipped", () => {
  expect(sizes.runtime.gzip).toBeLessThanOrEqual(RUNTIME_LIMIT);
});

// A bundle that lost its content would pass the bounds.
test("the bundles hold what they should", () => {
  expect(sizes.runtime.raw).toBeGreaterThan(10_000);
  expect(sizes.page.raw).toBeGreaterThan(sizes.runtime.raw + (4 / 3) * sizes.modules["simd"]!.raw);
  expect(sizes.toolchain.raw).toBeGreaterThan(10_000);
});
