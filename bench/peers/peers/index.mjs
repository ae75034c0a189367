import { createLitert } from "./litert.mjs";
import { createOnnxruntimeWeb } from "./onnxruntime-web.mjs";
import { createQbin } from "./qbin.mjs";
import { createTfjsTflite } from "./tfjs-tflite.mjs";
import { createTfjsWasm } from "./tfjs-wasm.mjs";

/**
 * A runtime under test, on any engine. The steps are apart because the cold start counts some of them and not others.
 *
 * @typedef {object} Runtime
 * @property {string} name
 * @property {string} module  what instruction set its Wasm was built for
 * @property {number} [steps]  how far an integer output may be from XNNPACK's; 0 where the arithmetic is the same
 * @property {(golden: import("../../lib/cases.mjs").Case) => Promise<Uint8Array>} readModel
 *   the file this runtime loads, into memory; never timed
 * @property {() => Promise<void>} read  Wasm and loader bytes into memory; never timed
 * @property {() => Promise<void>} importGlue  evaluates its JavaScript; instantiates nothing
 * @property {(model: Uint8Array) => Promise<Instance>} load
 *   instantiates the Wasm and prepares a model. A fresh instance each time: a model's speed depends on where its buffers lie,
 *   and so, in a shared instance, on the models before it (seen: a factor of 1.9)
 */

/**
 * A model ready to run. `run` is synchronous; inputs stay set between runs.
 *
 * @typedef {object} Instance
 * @property {Tensor[]} inputs
 * @property {string} [module]  the module that runs, where the runtime chose it
 * @property {(index: number, bytes: Uint8Array) => void} setInput  little-endian, C order
 * @property {() => void} run
 * @property {(index: number) => Uint8Array} output  a copy, of the latest run
 * @property {() => { linear?: number, weights?: number, arena?: number }} memory  bytes
 * @property {() => void} dispose
 *
 * @typedef {{ dtype: string, byteLength: number }} Tensor
 */

/** Peers by the name `--peers` takes. `litert` is what LiteRT.js picks where relaxed SIMD is missing: Node 20, Safari. */
export const PEERS = {
  litert: (readBytes) => createLitert("litert", "simd", "litert_wasm_compat_internal", readBytes),
  "litert-relaxed": (readBytes) => createLitert("litert-relaxed", "relaxed", "litert_wasm_internal", readBytes),
  "tfjs-tflite": createTfjsTflite,
  "onnxruntime-web": createOnnxruntimeWeb,
  "tfjs-wasm": createTfjsWasm,
};

/** Peers that this engine cannot be asked to run: their Wasm does not validate without relaxed SIMD. */
export const NEEDS_RELAXED = ["litert-relaxed"];

/**
 * @param {string} name  a key of PEERS, or "qbin"
 * @param {(path: string) => Promise<Uint8Array>} readBytes
 * @param {string} [module]  the Wasm module qbin is made to use; "auto" is what it chooses
 * @returns {Runtime}
 */
export function createRuntime(name, readBytes, module = "auto") {
  return name === "qbin" ? createQbin(module) : PEERS[name](readBytes);
}
