/**
 * A float model with the size and the ranges of an int8 one: its weights and biases dequantized, its conversions left out. For
 * measuring what calibration costs where no float model of that size is at hand.
 *
 * @param {import("qbin/toolchain").ModelData} model
 */
export function dequantized(model, { GraphBuilder }) {
  const builder = new GraphBuilder({ name: `${model.name} in float32`, description: "", numerics: "xnnpack" });
  const tensors = new Map();
  const type = (index) => ({ name: model.tensors[index].name, shape: model.tensors[index].shape, dtype: "float32" });
  model.inputs.forEach((index, i) => {
    tensors.set(index, builder.input(type(index), model.preprocessing[i]));
  });
  for (const node of model.nodes) {
    if (["quantize", "dequantize", "requantize"].includes(node.op)) {
      tensors.set(node.outputs[0], tensors.get(node.inputs[0]));
      continue;
    }
    const scale = (index) => model.tensors[index].quantization?.scale ?? [1];
    const inputs = node.inputs.map((index, i) => {
      if (index < 0 || tensors.has(index)) return index < 0 ? index : tensors.get(index);
      const tensor = model.tensors[index];
      const scales = i === 2 ? scale(node.inputs[1]).map((s) => s * scale(node.inputs[0])[0]) : scale(index);
      return builder.constant(type(index), floats(tensor, scales));
    });
    const attributes = "unsigned" in node.attributes ? { ...node.attributes, unsigned: false } : node.attributes;
    const outputs = node.outputs.map(type);
    builder.node({ ...node, inputs, attributes, outputs }).forEach((added, i) => {
      tensors.set(node.outputs[i], added);
    });
  }
  for (const index of model.outputs) builder.output(tensors.get(index));
  return builder.build();
}

/** Real values of a constant; `scales` along its axis, or along its only one. */
function floats({ dtype, data, shape, quantization }, scales) {
  const { axis = 0, zeroPoint = 0 } = quantization ?? {};
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const values = Float32Array.from(elementsOf(dtype, data), (q, i) => {
    return (q - zeroPoint) * scales[scales.length === 1 ? 0 : Math.floor(i / inner) % scales.length];
  });
  return new Uint8Array(values.buffer);
}

function elementsOf(dtype, data) {
  const { buffer } = data.slice();
  return dtype === "int32" ? new Int32Array(buffer) : new Int8Array(buffer);
}
