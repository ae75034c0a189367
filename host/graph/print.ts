import type { ModelData, Node, Tensor } from "../core/model.js";
import { formatShape } from "../core/shape.js";

/**
 * A text listing of a graph, one line per node, for people and for tests:
 *
 *     input  %0 "image": int8[1,32,32,3] 0.0039·(q+128)
 *     %5 "conv/Relu": int8[1,32,32,16] 0.024·(q+128) = conv2d "CONV_2D_0" xnnpack (%0, %1, %2) {stride=1,1 …}
 *     output %5
 */
export function printGraph(model: ModelData): string {
  const lines = [
    `model "${model.name}" ${model.numerics}: ${model.nodes.length} nodes, ${model.tensors.length} tensors`,
  ];
  for (const i of model.inputs) lines.push(`input  ${printTensor(model, i)}`);
  model.tensors.forEach((tensor, i) => {
    if (tensor.data) lines.push(`const  ${printTensor(model, i)}`);
  });
  for (const node of model.nodes) lines.push(printNode(model, node));
  for (const i of model.outputs) lines.push(`output %${i} "${model.tensors[i]?.name}"`);
  return lines.join("\n");
}

function printNode(model: ModelData, node: Node): string {
  const outputs = node.outputs.map((i) => printTensor(model, i)).join(", ");
  const inputs = node.inputs.map((i) => (i === -1 ? "none" : `%${i}`)).join(", ");
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
  const tail = attributes === "" ? "" : ` {${attributes}}`;
  return `${outputs} = ${node.op} "${node.name}" ${node.numerics} (${inputs})${tail}`;
}

function printTensor(model: ModelData, index: number): string {
  const tensor = model.tensors[index] as Tensor;
  const quantization = printQuantization(tensor);
  return `%${index} "${tensor.name}": ${tensor.dtype}${formatShape(tensor.shape)}${quantization}`;
}

function printQuantization({ quantization: q }: Tensor): string {
  if (q === undefined) return "";
  const sign = q.zeroPoint > 0 ? "−" : "+";
  const value = q.zeroPoint === 0 ? "q" : `(q${sign}${Math.abs(q.zeroPoint)})`;
  const group = q.group === undefined ? "" : `, group ${q.group}`;
  const scale =
    q.axis === undefined ? Number(q.scale[0]).toPrecision(4) : `[${q.scale.length} scales, axis ${q.axis}${group}]`;
  return ` ${scale}·${q.codebook ? "codebook[q]" : value}`;
}
