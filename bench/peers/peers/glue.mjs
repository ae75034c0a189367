/** The installed peers for Node programs that drive them alone: the reference tests and predictions.mjs. */
import { readFileSync } from "node:fs";
import { evaluateLoader as evaluate } from "./emscripten.mjs";

export { allocate, silent, takeVector } from "./emscripten.mjs";

const packages = new URL("../node_modules/", import.meta.url);

/** Bytes of a file inside an installed package, `path` starting with the package's name. */
export const readPackageFile = async (path) => readFileSync(new URL(path, packages));

/** The module factory of an Emscripten loader inside an installed package. */
export const evaluateLoader = (path) => evaluate(readFileSync(new URL(path, packages)));
