/**
 * `@tensorflow/tfjs-backend-wasm`, its SIMD build on one thread: float32 alone, one call into Wasm per layer. It has no importer
 * that needs no network, so a model is its layers (tfjs/export.mjs) as calls of fused tf operations, weights already in
 * Wasm memory. That is what a tfjs model does, without the interpreter around it.
 */
import { evaluateLoader } from "./emscripten.mjs";

const FOLDER = "@tensorflow/";
const WASM = `${FOLDER}tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm`;

/**
 * @param {(path: string) => Promise<Uint8Array>} readBytes
 * @returns {import("./index.mjs").Runtime}
 */
export function createTfjsWasm(readBytes) {
  const scripts = {};
  return {
    name: "tfjs-wasm",
    module: "simd",
    readModel: (golden) => golden.readLayers(),
    async read() {
      for (const [name, file] of Object.entries({
        core: "tfjs-core/dist/tf-core",
        wasm: "tfjs-backend-wasm/dist/tf-backend-wasm",
      }))
        scripts[name] = await readBytes(`repo/bench/peers/node_modules/${FOLDER}${file}.min.js`);
    },
    async importGlue() {},
    // Evaluated anew for each model: a shared instance would remember the models before it.
    async load(file) {
      const tf = evaluateLoader(scripts.core);
      const backend = evaluateLoader(scripts.wasm, { "@tensorflow/tfjs-core": tf });
      const url = new URL(`../node_modules/${WASM}`, import.meta.url);
      backend.setWasmPath(url.protocol === "file:" ? decodeURIComponent(url.pathname) : url.href);
      await tf.setBackend("wasm");
      return prepare(tf, JSON.parse(new TextDecoder().decode(file)));
    },
  };
}

function prepare(tf, { input, layers, output }) {
  const weights = layers.map(({ weights: list }) => list.map(({ shape, base64 }) => tf.tensor(floats(base64), shape)));
  let x = tf.zeros(input.shape);
  let result;
  const forward = () => {
    const values = new Map([[input.index, x]]);
    layers.forEach((layer, i) => {
      const from = layer.inputs.map((index) => values.get(index));
      values.set(layer.output, OPERATIONS[layer.op](tf, from, weights[i], layer));
    });
    return values.get(output.index);
  };
  return {
    inputs: [{ dtype: "float32", byteLength: 4 * x.size }],
    setInput(_index, bytes) {
      x.dispose();
      x = tf.tensor(new Float32Array(new Uint8Array(bytes).buffer), input.shape);
    },
    run() {
      result?.dispose();
      result = tf.tidy(forward);
    },
    output: () => new Uint8Array(result.dataSync().slice().buffer),
    memory: () => ({}),
    dispose: () => tf.disposeVariables(),
  };
}

/** Layers as tf calls: (tf, inputs, weights, layer) → tensor. */
const OPERATIONS = {
  conv2d: (tf, [x], [filter, bias], { strides, pad, activation }) =>
    tf.fused.conv2d({ x, filter, strides, pad, bias, activation }),
  depthwise_conv2d: (tf, [x], [filter, bias], { strides, pad, activation }) =>
    tf.fused.depthwiseConv2d({ x, filter, strides, pad, bias, activation }),
  fully_connected: (tf, [a], [b, bias], { activation }) => tf.fused.matMul({ a, b, bias, activation }),
  add: (tf, [a, b], _weights, { activation }) => (activation === "relu" ? tf.relu(tf.add(a, b)) : tf.add(a, b)),
  average_pool2d: (tf, [x], _weights, { filter }) => tf.avgPool(x, filter, filter, "valid"),
  reshape: (tf, [x], _weights, { shape }) => tf.reshape(x, shape),
  softmax: (tf, [x]) => tf.softmax(x),
};

function floats(base64) {
  const binary = atob(base64);
  return new Float32Array(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)).buffer);
}
