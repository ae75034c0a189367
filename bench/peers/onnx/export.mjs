/**
 * A model of qbin as an ONNX file, so that ONNX Runtime can be measured on the same network: the same layers, weights, scales
 * and zero points in QLinear operators, or float32 ones.
 *
 * Written the way ONNX Runtime likes it best: images in NCHW, and activations as uint8 (value and zero point 128 higher), because its
 * kernels for uint8 × int8 are 12 times as fast as for int8 × int8. Inputs and outputs keep the name of the dtype they
 * stand for ("int8_0"); whoever runs the file shifts and transposes on the way.
 */
import { model, node } from "./model.mjs";
import { OPERATORS } from "./operators.mjs";

/**
 * @param {object} source  ModelData, from `importTflite`
 * @returns {Uint8Array}
 * @throws Error naming an op that has no operator here
 */
export function exportOnnx({ tensors, nodes, inputs, outputs }) {
  const graph = { nodes: [], tensors: [], inputs: [], outputs: [], names: new Map() };
  for (const index of inputs) {
    graph.names.set(index, interfaceName(graph.inputs, tensors[index]));
    graph.inputs.push(describe(graph.names.get(index), tensors[index]));
  }
  for (const { op, inputs: from, outputs: to, attributes } of nodes) {
    const write = OPERATORS[op];
    if (!write) throw new Error(`no ONNX operator is written for ${op}`);
    const types = from.map((index) => tensors[index]);
    const names = from.map((index) => graph.names.get(index));
    const output = tensors[to[0]];
    graph.names.set(to[0], write({ graph, attributes, types, names, output, name: `t${to[0]}` }));
  }
  for (const index of outputs) {
    const name = `${interfaceName(graph.outputs, tensors[index])}_out`;
    graph.nodes.push(node("Identity", [graph.names.get(index)], name));
    graph.outputs.push(describe(name, tensors[index]));
  }
  return model(graph);
}

const interfaceName = (list, { dtype }) => `${dtype}_${list.length}`;

const describe = (name, { dtype, shape }) => ({ name, dtype: activationType(dtype), dims: toNchw(shape) });

const activationType = (dtype) => (dtype === "int8" ? "uint8" : dtype);

const toNchw = (shape) => (shape.length === 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape);
