/** How each op of qbin is written in ONNX. Every function returns the name its output has from then on. */
import { CONTRIB, node, tensor } from "./model.mjs";

/**
 * @typedef {object} Call
 * @property {{ nodes: Buffer[], tensors: Buffer[] }} graph  written to
 * @property {object} attributes
 * @property {object[]} types            input tensors
 * @property {(string | undefined)[]} names  of the inputs; constants have none
 * @property {object} output             the output tensor
 * @property {string} name               what the output may be called
 */
export const OPERATORS = {
  conv2d: (call) => convolution(call, 1),
  depthwise_conv2d: (call) => convolution(call, call.types[0].shape[3]),
  fully_connected: product,
  add: sum,
  average_pool2d: globalPool,
  mean: globalPool,
  softmax,
  reshape: ({ graph, names, output, name }) => {
    const shape = constant(graph, `${name}_shape`, "int64", BigInt64Array.from(output.shape, BigInt));
    return push(graph, node("Reshape", [names[0], shape], name), name);
  },
  // uint8 to int8 and back: what is kept as uint8 anyway.
  requantize({ types: [input], names, output }) {
    const [from, to] = [input, output].map(activationOf);
    if (from.scale !== to.scale || from.zeroPoint !== to.zeroPoint) throw new Error("requantize changes values");
    return names[0];
  },
};

function convolution({ graph, attributes, types, names, output, name }, groups) {
  const [input, weights, bias] = types;
  const [channels, kernelHeight, kernelWidth, depth] = weights.shape;
  const isDepthwise = groups > 1;
  const outC = isDepthwise ? depth : channels;
  const shape = [outC, isDepthwise ? 1 : depth, kernelHeight, kernelWidth];
  const area = kernelHeight * kernelWidth;
  // [outC, kh, kw, inC] or [1, kh, kw, outC] → [outC, inC / groups, kh, kw]
  const source = isDepthwise ? (o, _i, k) => k * outC + o : (o, i, k) => (o * area + k) * depth + i;
  const values = new (isFloat(weights) ? Float32Array : Int8Array)(shape.reduce((a, b) => a * b));
  const from = valuesOf(weights);
  for (let o = 0, at = 0; o < outC; o++)
    for (let i = 0; i < shape[1]; i++) for (let k = 0; k < area; k++) values[at++] = from[source(o, i, k)];
  const { stride, padding, dilation } = attributes;
  const window = { kernel_shape: [kernelHeight, kernelWidth], strides: stride, pads: padding, dilations: dilation };
  const options = { ...window, group: groups };
  if (isFloat(weights)) {
    const inputs = [names[0], constant(graph, `${name}_w`, "float32", values, shape), biasOf(graph, name, bias)];
    const result = push(graph, node("Conv", inputs, `${name}_linear`, options), `${name}_linear`);
    return activation(graph, attributes.activation, result, name);
  }
  const inputs = [
    ...[names[0], ...parameters(graph, `${name}_x`, activationOf(input))],
    ...quantizedWeights(graph, name, weights, values, shape),
    ...parameters(graph, `${name}_y`, activationOf(output)),
    biasOf(graph, name, bias),
  ];
  return push(graph, node("QLinearConv", inputs, name, options), name);
}

function product({ graph, attributes, types: [input, weights, bias], names, output, name }) {
  const options = { transB: 1 };
  if (isFloat(weights)) {
    const values = constant(graph, `${name}_w`, "float32", valuesOf(weights), weights.shape);
    const inputs = [names[0], values, biasOf(graph, name, bias)];
    const result = push(graph, node("Gemm", inputs, `${name}_linear`, options), `${name}_linear`);
    return activation(graph, attributes.activation, result, name);
  }
  const inputs = [
    ...[names[0], ...parameters(graph, `${name}_x`, activationOf(input))],
    ...quantizedWeights(graph, name, weights, valuesOf(weights), weights.shape),
    biasOf(graph, name, bias),
    ...parameters(graph, `${name}_y`, activationOf(output)),
  ];
  return push(graph, node("QGemm", inputs, name, options, CONTRIB), name);
}

function sum({ graph, attributes, types, names, output, name }) {
  if (isFloat(output)) {
    const result = push(graph, node("Add", names, `${name}_linear`), `${name}_linear`);
    return activation(graph, attributes.activation, result, name);
  }
  const inputs = types.flatMap((type, i) => [names[i], ...parameters(graph, `${name}_${i}`, activationOf(type))]);
  return push(
    graph,
    node("QLinearAdd", [...inputs, ...parameters(graph, `${name}_y`, activationOf(output))], name, {}, CONTRIB),
    name,
  );
}

/** Pools and means over the whole image, the only ones the models have. */
function globalPool({ graph, types: [input], names, output, name }) {
  if (output.shape[1] !== 1 || output.shape[2] !== 1)
    throw new Error("no ONNX operator is written for a pool over a part");
  if (isFloat(input)) return push(graph, node("GlobalAveragePool", [names[0]], name), name);
  const ends = [
    ...parameters(graph, `${name}_x`, activationOf(input)),
    ...parameters(graph, `${name}_y`, activationOf(output)),
  ];
  return push(graph, node("QLinearGlobalAveragePool", [names[0], ...ends], name, { channels_last: 0 }, CONTRIB), name);
}

function softmax({ graph, types: [input], names, output, name }) {
  if (isFloat(input)) return push(graph, node("Softmax", [names[0]], name, { axis: -1 }), name);
  const ends = [
    ...parameters(graph, `${name}_x`, activationOf(input)),
    ...parameters(graph, `${name}_y`, activationOf(output)),
  ];
  return push(graph, node("QLinearSoftmax", [names[0], ...ends], name, { axis: -1, opset: 13 }, CONTRIB), name);
}

/** Quantized layers clamp by their output's range alone: that is where the converter has put relu and relu6. */
function activation(graph, kind, input, name) {
  if (kind === "none") return input;
  if (kind === "relu") return push(graph, node("Relu", [input], name), name);
  if (kind !== "relu6") throw new Error(`no ONNX operator is written for ${kind}`);
  const ends = [0, 6].map((end) => constant(graph, `${name}_${end}`, "float32", Float32Array.of(end), []));
  return push(graph, node("Clip", [input, ...ends], name), name);
}

const isFloat = ({ dtype }) => dtype === "float32";

/** Scale and zero point of a tensor that is kept as uint8. */
function activationOf({ dtype, quantization: { scale, zeroPoint } }) {
  return { scale: scale[0], zeroPoint: zeroPoint + (dtype === "int8" ? 128 : 0) };
}

function parameters(graph, name, { scale, zeroPoint }) {
  return [
    constant(graph, `${name}_scale`, "float32", Float32Array.of(scale), []),
    constant(graph, `${name}_zero`, "uint8", Uint8Array.of(zeroPoint), []),
  ];
}

/** int8, or uint8 where the zero point is not 0: uint8 models were uint8 before they were imported. */
function quantizedWeights(graph, name, { quantization: { scale, zeroPoint } }, values, shape) {
  const isSigned = zeroPoint === 0;
  const stored = isSigned ? values : Uint8Array.from(values, (value) => value + 128);
  const zero = isSigned ? Int8Array : Uint8Array;
  const dims = scale.length === 1 ? [] : [scale.length];
  const dtype = isSigned ? "int8" : "uint8";
  return [
    constant(graph, `${name}_w`, dtype, stored, shape),
    constant(graph, `${name}_w_scale`, "float32", Float32Array.from(scale), dims),
    constant(
      graph,
      `${name}_w_zero`,
      dtype,
      zero.from(scale, () => zeroPoint + (isSigned ? 0 : 128)),
      dims,
    ),
  ];
}

function biasOf(graph, name, bias) {
  return bias === undefined ? "" : constant(graph, `${name}_b`, bias.dtype, valuesOf(bias), bias.shape);
}

function constant(graph, name, dtype, data, dims = [data.length]) {
  graph.tensors.push(tensor(name, dtype, dims, data));
  return name;
}

function push(graph, encoded, name) {
  graph.nodes.push(encoded);
  return name;
}

const ARRAYS = { float32: Float32Array, int8: Int8Array, int32: Int32Array };

/** Of a copy, because a constant need not start at a multiple of four. */
const valuesOf = ({ dtype, data }) => new ARRAYS[dtype](new Uint8Array(data).buffer);
