/**
 * Bundles the engine suites, test/suites/*.ts, to build/suites/*.js: one file each that any engine can import. Beside them go
 * the files that the quantize suite must reproduce on every engine.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { builtModules } from "./built-modules.mjs";
import { root } from "./project.mjs";

const suites = ["conformance.ts", "golden.ts", "machine.ts", "onnx.ts", "quantize.ts", "threads.ts"];
const bundle = await rolldown({
  input: suites.map((name) => join(root, "test/suites", name)),
  plugins: [builtModules],
  logLevel: "warn",
});
await bundle.write({
  dir: join(root, "build/suites"),
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
});

const shared = join(root, "../shared");
if (existsSync(shared)) {
  const built = pathToFileURL(join(root, "build/suites/quantize.js")).href;
  const { VARIANTS, caseName, quantizeVariant } = await import(built);
  const readBytes = async (path) => new Uint8Array(readFileSync(join(shared, path.replace(/^shared\//, ""))));
  for (const variant of VARIANTS) {
    const bytes = await quantizeVariant(variant, readBytes, "simd");
    writeFileSync(join(root, `build/suites/${caseName(variant)}.qbin`), bytes);
  }
}
