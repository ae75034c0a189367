/** Bundles the engine suites, test/suites/*.ts, to build/suites/*.js: one file each that any engine can import. */
import { join } from "node:path";
import { rolldown } from "rolldown";
import { builtModules } from "./built-modules.mjs";
import { root } from "./project.mjs";

const suites = ["conformance.ts", "golden.ts", "machine.ts", "threads.ts"];
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
