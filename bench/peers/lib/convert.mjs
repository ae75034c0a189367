import { convertModels } from "../../lib/models.mjs";
import { exportOnnx } from "../onnx/export.mjs";
import { exportLayers } from "../tfjs/export.mjs";

/** What each runtime loads, where that is not the .tflite file itself. */
const EXTENSIONS = { qbin: "qbin", "onnxruntime-web": "onnx", "tfjs-wasm": "layers.json" };

/**
 * Writes the files the runtimes load.
 *
 * @param {string[]} models
 * @returns {Promise<Record<string, Record<string, string>>>} by runtime and model: why there is no file
 */
export async function convertForRuntimes(models) {
  const refused = await convertModels(models, { onnx: exportOnnx, "layers.json": exportLayers });
  return Object.fromEntries(Object.entries(EXTENSIONS).map(([runtime, extension]) => [runtime, refused[extension]]));
}
