import { join } from "node:path";
import { root } from "./project.mjs";

/**
 * host/wasm imports the built modules beside it, which exist in dist/wasm only. A plugin for Rolldown and Vite, for
 * whoever bundles or runs the TypeScript sources themselves.
 */
export const builtModules = {
  name: "built-modules",
  enforce: /** @type {const} */ ("pre"),
  /** @param {string} source  @param {string | undefined} importer */
  resolveId(source, importer) {
    const isModule =
      /^\.\/(scalar|scalar-more|simd|simd-more|relaxed-us|relaxed-ss|threads)\.js$/.test(source) &&
      importer?.includes("host/wasm");
    return isModule ? join(root, "dist/wasm", source) : null;
  },
};
