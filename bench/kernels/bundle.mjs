import { join } from "node:path";
import { rolldown } from "rolldown";
import { builtModules } from "../../scripts/built-modules.mjs";
import { root } from "../../scripts/project.mjs";

const forced = join(import.meta.dirname, "forced.mjs");

/** host/wasm imports forced.mjs wherever it says "./variants.js"; forced.mjs itself gets the real one. */
const forcedVariants = {
  name: "forced-variants",
  resolveId: (source, importer) => (source === "./variants.js" && importer !== forced ? forced : null),
};

/** Bundles suite.mjs with the host's sources to build/bench/kernels/suite.js. Returns the file's name. */
export async function bundleSuite() {
  const bundle = await rolldown({
    input: join(import.meta.dirname, "suite.mjs"),
    plugins: [forcedVariants, builtModules],
    logLevel: "silent",
  });
  const dir = join(root, "build/bench/kernels");
  await bundle.write({ dir, format: "esm", entryFileNames: "suite.js", chunkFileNames: "[name].js" });
  return join(dir, "suite.js");
}
