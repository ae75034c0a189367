import { expect, test } from "vitest";
import { type Family, MODULES } from "../../host/wasm/kernel.js";
import { CONV, CONV_ROWS, DEPTHWISE, GEMV, pickVariant } from "../../host/wasm/variants.js";

const FAMILIES: readonly (Family | undefined)[] = [undefined, "relaxed", "dot16", "extmul"];

test.each(
  MODULES.filter((module) => module !== "scalar"),
)("module %s prefers vectors whatever its machine is", (module) => {
  for (const family of FAMILIES) {
    for (const rows of [CONV, CONV_ROWS, DEPTHWISE, GEMV]) {
      expect(pickVariant<(typeof rows)[number]>(rows, { module, family })!.family).toBeDefined();
    }
  }
});

test("a family is preferred where the module has it", () => {
  expect(pickVariant(CONV, { module: "simd" })!.family).toBe("dot16");
  expect(pickVariant(CONV, { module: "simd", family: "extmul" })!.family).toBe("extmul");
  expect(pickVariant(CONV, { module: "relaxed-us", family: "extmul" })!.family).toBe("relaxed");
});
