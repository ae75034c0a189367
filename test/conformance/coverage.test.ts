import { expect, test } from "vitest";
import { loadFacets } from "../../host/runtime/facets.js";
import { MODULES } from "../../host/wasm/kernel.js";
import { PACK, VARIANTS } from "../../host/wasm/variants.js";
import { SOURCES } from "./cases/index.js";
import { familiesOf, kernelsOf } from "./families.js";

test.each(MODULES)("the cases reach every kernel that module %s exports", async (module) => {
  // Packing runs at load, and is tested by whatever it packs for.
  const reached = new Set(PACK.map(({ kernel }) => kernel));
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
