import { existsSync, readFileSync } from "node:fs";

const shared = new URL("../../../../shared/", import.meta.url);

/** Models that qbin must not lose against LiteRT's SIMD128 build (`--assert`): the integer ones LiteRT can run. */
export const ASSERTED = [
  "hello_world_int8",
  "ad01_int8",
  "kws_int8",
  "resnet8_int8",
  "vww_int8",
  "mobilenet_v1_0.25_128_quant",
  "tf2_mobilenet_v2_1.0_224_ptq",
  "split_concat",
];

/** Models whose time is mostly the cost of a call, kept out of the stricter geometric mean. */
export const CALL_BOUND = ["hello_world_int8", "split_concat"];

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {boolean} integer  every output is int8 or uint8
 * @property {Uint8Array} tflite
 * @property {Uint8Array[]} inputs    golden case u1
 * @property {Uint8Array[]} expected  what XNNPACK computes for it
 */

/** Names of all models with a golden result, in the manifest's order. */
export function modelNames() {
  return Object.keys(manifest());
}

/** @returns {Case} */
export function readCase(name) {
  const model = manifest()[name];
  const golden = ({ file }) => readBytes(`golden/${name}/${file}`);
  return {
    name,
    integer: model.outputs.every(({ type }) => type !== "FLOAT32"),
    tflite: readBytes(`models/${model.file}`),
    inputs: model.cases.u1.inputs.map(golden),
    expected: model.cases.u1.xnnpack.map(golden),
  };
}

/** A plain Uint8Array, which is what a browser would hand to a runtime; a Buffer's `slice` does not even copy. */
const readBytes = (path) => new Uint8Array(readFileSync(new URL(path, shared)));

function manifest() {
  const file = new URL("golden/manifest.json", shared);
  if (!existsSync(file))
    throw new Error("../shared/golden/manifest.json is missing: the models are read from ../shared");
  return JSON.parse(readFileSync(file, "utf8")).models;
}
