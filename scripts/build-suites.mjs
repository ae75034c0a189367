/** Bundles the engine suites, test/suites/*.ts, to build/suites/*.js: one file each that any engine can import. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));

/** host/wasm imports the built modules beside it, which exist in dist/ only. */
export const builtModules = {
  name: "built-modules",
  resolveId(source, importer) {
    if (/^\.\/(scalar|simd)\.js$/.test(source) && importer?.includes("host/wasm"))
      return join(root, "dist/wasm", source);
    return null;
  },
};

const suites = readdirSync(join(root, "test/suites")).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
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
