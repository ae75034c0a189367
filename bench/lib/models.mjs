/** The models of ../shared/models and, made from them by the built toolchain, their .qbin files. Host side. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/project.mjs";

const shared = join(root, "../shared");
const folder = join(root, "build/bench/models");

/** Names of all models with a golden result, in the manifest's order. */
export function modelNames() {
  const file = join(shared, "golden/manifest.json");
  if (!existsSync(file))
    throw new Error("../shared/golden/manifest.json is missing: the models are read from ../shared");
  return Object.keys(JSON.parse(readFileSync(file, "utf8")).models);
}

export const readTflite = (name) => new Uint8Array(readFileSync(join(shared, `models/${name}.tflite`)));

/**
 * Writes build/bench/models/<name>.qbin for each model; suites read them as qbinPath(name) in lib/cases.mjs.
 *
 * @param {string[]} names
 * @returns {Promise<Record<string, string>>} why the importer refuses a model, one line by name; empty when it takes all
 */
export async function convertModels(names) {
  const { importTflite, writeQbin } = await import(new URL("../../dist/toolchain.js", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const refused = {};
  for (const name of names) {
    try {
      writeFileSync(join(folder, `${name}.qbin`), writeQbin(importTflite(readTflite(name), {})));
    } catch (error) {
      refused[name] = error.message.split(/: [A-Z]|\n/)[0].replace(/^model\.tflite: /, "");
    }
  }
  return refused;
}
