import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";

const packages = new URL("../node_modules/", import.meta.url);

/** Bytes of a file inside an installed package, `path` starting with the package's name. */
export const readPackageFile = (path) => readFile(new URL(path, packages));

/**
 * Evaluates an Emscripten loader and returns its module factory.
 *
 * The loaders are classic scripts with a CommonJS tail. LiteRT.js ships its own in a package of type "module", where
 * Node would parse it as ESM and find no export; so both are compiled here, in the same way.
 */
export function evaluateLoader(path) {
  const file = fileURLToPath(new URL(path, packages));
  const evaluate = compileFunction(
    readFileSync(file, "utf8"),
    ["exports", "require", "module", "__filename", "__dirname"],
    { filename: file },
  );
  const module = { exports: {} };
  evaluate(module.exports, createRequire(file), module, file, dirname(file));
  return module.exports;
}

/** An Emscripten `std::vector` as an array; the vector is deleted. */
export function takeVector(vector) {
  const items = Array.from({ length: vector.size() }, (_, i) => vector.get(i));
  vector.delete();
  return items;
}

/** Copies `bytes` to fresh memory of an Emscripten module. */
export function allocate(wasm, bytes) {
  const pointer = wasm._malloc(bytes.length);
  wasm.HEAPU8.set(bytes, pointer);
  return pointer;
}

/** Both peers announce their delegate on every load. */
export const silent = { print() {}, printErr() {} };
