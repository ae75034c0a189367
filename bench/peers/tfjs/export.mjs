/**
 * A float32 model as a list of layers for tfjs (peers/tfjs-wasm.mjs), JSON with base64 weights in the layouts tf operations take.
 *
 * @param {object} model  ModelData, from `importTflite`
 * @returns {Uint8Array}
 * @throws Error for anything but float32
 */
export function exportLayers({ tensors, nodes, inputs, outputs }) {
  if (tensors.some(({ dtype }) => dtype === "int8")) throw new Error("tfjs-backend-wasm has no int8");
  const layers = nodes.map((node) => layerOf(node, tensors));
  const input = { index: inputs[0], shape: tensors[inputs[0]].shape };
  return Buffer.from(JSON.stringify({ input, layers, output: { index: outputs[0] } }));
}

function layerOf({ op, inputs, outputs, attributes }, tensors) {
  const types = inputs.map((index) => tensors[index]);
  const layer = { op, inputs: inputs.filter((_, i) => !types[i].data), output: outputs[0] };
  const activation = attributes.activation && attributes.activation !== "none" ? attributes.activation : "linear";
  const weights = types
    .filter(({ data }) => data)
    .map((type, i) => (i === 0 ? filterOf(op, type) : encode(type.shape, type.data)));
  return { ...attributes, ...layer, activation, weights, strides: attributes.stride, pad: padOf(attributes.padding) };
}

/** [outC, kh, kw, inC] → [kh, kw, inC, outC]; [1, kh, kw, outC] → [kh, kw, outC, 1]; [outC, inC] → [inC, outC]. */
function filterOf(op, { shape, data }) {
  if (op === "depthwise_conv2d") return encode([shape[1], shape[2], shape[3], 1], data);
  const [outC, ...inner] = shape;
  const count = inner.reduce((a, b) => a * b);
  const from = new Float32Array(new Uint8Array(data).buffer);
  const values = new Float32Array(from.length);
  for (let o = 0; o < outC; o++) for (let i = 0; i < count; i++) values[i * outC + o] = from[o * count + i];
  return encode([...inner, outC], new Uint8Array(values.buffer));
}

function padOf(padding) {
  if (!padding) return undefined;
  const [top, left, bottom, right] = padding;
  if (padding.every((p) => p === 0)) return "valid";
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

const encode = (shape, data) => ({ shape, base64: Buffer.from(data).toString("base64") });
