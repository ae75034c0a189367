import { join } from "node:path";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { builtModules } from "../../scripts/built-modules.mjs";
import { root } from "../../scripts/project.mjs";

// A page that converts models may forbid eval, and has neither files nor packages.
test("the toolchain bundles for a page: nothing of Node's, no code out of text", async () => {
  const input = join(root, "host/toolchain.ts");
  const bundle = await rolldown({ input, plugins: [builtModules], platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "esm" });
  const chunks = output.filter((item) => item.type === "chunk");
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const external = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  expect(external.filter((name) => !own.has(name))).toEqual([]);
  const code = chunks.map((chunk) => chunk.code).join("\n");
  expect(code.length).toBeGreaterThan(100_000);
  expect(code).not.toMatch(/\beval\s*\(|\bnew Function\b|\bFunction\s*\(/);
});
