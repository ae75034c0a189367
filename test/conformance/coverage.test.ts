import { expect, test } from "vitest";
import { loadFacets, needsMore } from "../../host/runtime/facets.js";
import { MODULES } from "../../host/wasm/kernel.js";
import { DIGEST, PACK, VARIANTS } from "../../host/wasm/variants.js";
import { SOURCES } from "./cases/index.js";
import { familiesOf, kernelsOf } from "./families.js";

test.each(MODULES)("the cases reach every kernel that module %s exports", async (module) => {
  // What runs at load is not in programs: packing is tested by whatever it packs for, the digest in test/runtime.
  const reached = new Set([...DIGEST, ...PACK].map(({ kernel }) => kernel));
  for (const source of SOURCES) {
    for (const { model } of source()) {
      await loadFacets(model);
      for (const family of await familiesOf(model, module)) {
        for (const kernel of kernelsOf(model, module, family)) reached.add(kernel);
      }
    }
  }
  const rows = VARIANTS.filter(({ modules }) => modules.includes(module)).map(({ kernel }) => kernel);
  expect(rows.filter((kernel) => !reached.has(kernel))).toEqual([]);
});

test("a model that needs only the first module runs only its kernels", async () => {
  const more = new Set(VARIANTS.filter(({ isMore }) => isMore).map(({ kernel }) => kernel));
  const ran = { first: 0, both: 0 };
  for (const source of SOURCES) {
    for (const { model } of source()) {
      await loadFacets(model);
      const isBoth = needsMore(model);
      ran[isBoth ? "both" : "first"]++;
      if (isBoth) continue;
      for (const module of MODULES)
        for (const family of await familiesOf(model, module))
          expect(kernelsOf(model, module, family).filter((kernel) => more.has(kernel))).toEqual([]);
    }
  }
  expect(Math.min(ran.first, ran.both)).toBeGreaterThan(100);
});
