/** The models of ../shared/models and, made from them by the built toolchain, their .qbin files. Host side. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/project.mjs";

const shared = join(root, "../shared");
/** Where suites find what is written here. */
export const modelsFolder = join(root, "build/bench/models");

/** Names of all models with a golden result, in the manifest's order. */
export function modelNames() {
  const file = join(shared, "golden/manifest.json");
  if (!existsSync(file))
    throw new Error("../shared/golden/manifest.json is missing: the models are read from ../shared");
  return Object.keys(JSON.parse(readFileSync(file, "utf8")).models);
}

export const readTflite = (name) => new Uint8Array(readFileSync(join(shared, `models/${name}.tflite`)));

/**
 * Writes build/bench/models/<name>.qbin for each model, and files in other formats beside it; lib/cases.mjs reads them.
 *
 * @param {string[]} names
 * @param {Record<string, (graph: object) => Uint8Array>} [others] writers by file extension
 * @returns {Promise<Record<string, Record<string, string>>>}
 *   by file extension: why there is no file of a model, one line by name
 */
export async function convertModels(names, others = {}) {
  const { importTflite, writeQbin } = await import(new URL("../../dist/toolchain.js", import.meta.url));
  mkdirSync(modelsFolder, { recursive: true });
  const refused = {};
  for (const [extension, write] of Object.entries({ qbin: writeQbin, ...others })) {
    refused[extension] = {};
    for (const name of names) {
      try {
        writeFileSync(join(modelsFolder, `${name}.${extension}`), write(importTflite(readTflite(name), {})));
      } catch (error) {
        refused[extension][name] = error.message.split(/: [A-Z]|\n/)[0].replace(/^model\.tflite: /, "");
      }
    }
  }
  return refused;
}
