/** What the Emscripten peers have in common, on any engine. */

/**
 * Evaluates a script and returns what it exports: of an Emscripten loader, its module factory.
 *
 * The loaders are classic scripts with a CommonJS tail. LiteRT.js ships its own in a package of type "module", where Node
 * would parse it as ESM and find no export; and a page can have no module import it. So they are evaluated here, in the same
 * way everywhere. On Node they look for `require`, mostly to read files they are then not asked for.
 *
 * @param {Uint8Array} source
 * @param {Record<string, object>} [packages]  what `require` finds besides Node's own modules
 */
export function evaluateLoader(source, packages = {}) {
  const module = { exports: {} };
  const builtin = globalThis.process?.getBuiltinModule?.("node:module").createRequire(import.meta.url);
  const require = (name) => packages[name] ?? builtin?.(name) ?? {};
  const text = new TextDecoder().decode(source);
  new Function("exports", "require", "module", "__filename", "__dirname", text)(
    module.exports,
    require,
    module,
    "loader.js",
    "/",
  );
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
