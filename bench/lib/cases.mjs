/** Models and golden answers as suites read them, on any engine. */

/** Models whose time is mostly the cost of a call, kept out of the stricter geometric mean. */
export const CALL_BOUND = ["hello_world_int8", "split_concat"];

export const qbinPath = (name) => `repo/build/bench/models/${name}.qbin`;

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {boolean} integer  every output is int8 or uint8
 * @property {boolean} isSigned the outputs are int8
 * @property {Uint8Array[]} inputs    golden case u1
 * @property {Uint8Array[]} expected  what XNNPACK computes for it
 * @property {() => Promise<Uint8Array>} readTflite
 * @property {() => Promise<Uint8Array>} readQbin  written by convertModels
 * @property {() => Promise<Uint8Array>} readOnnx  written by bench/peers/onnx
 * @property {() => Promise<Uint8Array>} readLayers  written by bench/peers/tfjs
 */

/**
 * @param {(path: string) => Promise<Uint8Array>} readBytes
 * @returns {Promise<Case>}
 */
export async function readCase(readBytes, name) {
  const manifest = JSON.parse(new TextDecoder().decode(await readBytes("shared/golden/manifest.json")));
  const model = manifest.models[name];
  const golden = (tensors) => Promise.all(tensors.map(({ file }) => readBytes(`shared/golden/${name}/${file}`)));
  return {
    name,
    integer: model.outputs.every(({ type }) => type !== "FLOAT32"),
    isSigned: model.outputs.every(({ type }) => type === "INT8"),
    inputs: await golden(model.cases.u1.inputs),
    expected: await golden(model.cases.u1.xnnpack),
    readTflite: () => readBytes(`shared/models/${model.file}`),
    readQbin: () => readBytes(qbinPath(name)),
    readOnnx: () => readBytes(`repo/build/bench/models/${name}.onnx`),
    readLayers: () => readBytes(`repo/build/bench/models/${name}.layers.json`),
  };
}
