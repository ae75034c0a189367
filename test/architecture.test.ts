import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { rolldown } from "rolldown";
import { beforeAll, describe, expect, test } from "vitest";
import { builtModules } from "../scripts/built-modules.mjs";
import { root } from "../scripts/project.mjs";
import { assemblyImportsOf, importsOf, sources } from "./architecture/imports.js";
import { ASSEMBLY_SHARED, NOT_IN_RUNTIME, RULES, violation } from "./architecture/rules.js";

const HOST = join(root, "host");
const ASSEMBLY = join(root, "assembly");

describe("host", () => {
  const files = sources(HOST);

  // A check that reads the wrong folder finds no violation.
  test("all its files are seen", () => {
    expect(files.length).toBeGreaterThan(150);
    for (const row of Object.keys(RULES)) {
      if (row.includes("*")) continue;
      expect(existsSync(join(HOST, row)), `RULES names host/${row}, which does not exist`).toBe(true);
    }
  });

  test("a folder imports what its row allows", () => {
    const imports = files.flatMap((file) => importsOf(HOST, file));
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.map(({ from, to }) => violation(from, to)).filter(Boolean)).toEqual([]);
  });

  test.each([
    ["runtime/load.ts", "graph/verify.ts", "runtime may import only: core"],
    ["runtime/load.ts", "format/write.ts", "runtime may import only: core"],
    ["ops/add/kernel.ts", "ops/sub/op.ts", "of its own op"],
    ["core/shape.ts", "wasm/pack.ts", "core may import nothing outside itself"],
    ["plan/arena.ts", "node:fs", "plan may import only: core, wasm"],
    ["import/tflite/file.ts", "import/onnx/file.ts", "import/tflite may import only"],
    ["stray.ts", "core/shape.ts", "belongs to no row"],
  ])("%s → %s is refused", (from, to, message) => expect(violation(from, to)).toContain(message));
});

describe("what a runtime user ships", () => {
  let ids: string[];
  let external: string[];
  beforeAll(async () => {
    const bundle = await rolldown({ input: join(HOST, "index.ts"), plugins: [builtModules], logLevel: "silent" });
    const { output } = await bundle.generate({ format: "esm" });
    const chunks = output.filter((item) => item.type === "chunk");
    ids = chunks.flatMap(({ moduleIds }) => moduleIds).map((id) => relative(root, id));
    const own = new Set(chunks.map(({ fileName }) => fileName));
    external = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
    external = external.filter((name) => !own.has(name));
  });

  test("is runtime code alone", () => {
    expect(ids.length).toBeGreaterThan(60);
    expect(ids.filter((id) => NOT_IN_RUNTIME.test(id))).toEqual([]);
    const isOurs = (id: string) => /^(host|dist\/wasm)\//.test(id) || id.includes("rolldown/runtime");
    expect(ids.filter((id) => !isOurs(id))).toEqual([]);
  });

  test("imports no package and nothing of Node's", () => expect(external).toEqual([]));
});

describe("assembly", () => {
  const files = sources(ASSEMBLY);
  const folderOf = (path: string) => (path.includes("/") ? path.split("/")[0]! : "");

  test("a kernel folder imports itself, lanes/, gemm/ and window/", () => {
    expect(files.length).toBeGreaterThan(40);
    const strays = files
      .filter((file) => folderOf(file) !== "")
      .flatMap((file) => assemblyImportsOf(ASSEMBLY, file))
      .filter(({ from, to }) => folderOf(from) !== folderOf(to) && !ASSEMBLY_SHARED.includes(folderOf(to)))
      .map(
        ({ from, to }) =>
          `assembly/${from} imports ${to}; a kernel folder may import itself, lanes/, gemm/ and window/`,
      );
    expect(strays).toEqual([]);
  });

  test("only lanes/ asks which module this is", () => {
    const asks = (file: string) => /ASC_FEATURE_/.test(readFileSync(join(ASSEMBLY, file), "utf8"));
    expect(files.filter((file) => asks(file) && folderOf(file) !== "lanes")).toEqual([]);
  });
});

test("docs/architecture.md shows the table of this test", () => {
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const text = page.slice(page.indexOf("## Who may import whom"), page.indexOf("## The program"));
  const rows = [...text.matchAll(/^\| `([^`]+)` \|[^|]*\| ([^|]*) \|$/gm)].map(([, row, allowed]) => [
    row!,
    allowed === "–" ? [] : allowed!.split(", ").map((name) => name.replaceAll("`", "")),
  ]);
  expect(Object.fromEntries(rows)).toEqual(RULES);
});
