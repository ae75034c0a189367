import type { ModelData, Node } from "../../core/model.js";

/**
 * Average pools over whole pictures as means: the same function, but in int8 a pool has the scale of its input, and averages
 * use little of that range. A mean has a scale of its own. Only nodes named `wanted`.
 */
export function poolsToMeans(graph: ModelData, wanted: ReadonlySet<string>): ModelData {
  const isMean = (node: Node) => wanted.has(node.name) && isGlobalPool(graph, node);
  return { ...graph, nodes: graph.nodes.map((node) => (isMean(node) ? toMean(node) : node)) };
}

function isGlobalPool({ tensors }: ModelData, { op, inputs, outputs, attributes }: Node): boolean {
  if (op !== "average_pool2d" || attributes["activation"] !== "none") return false;
  const [, height, width] = tensors[inputs[0] as number]?.shape as readonly [number, number, number];
  const [, outputHeight, outputWidth] = tensors[outputs[0] as number]?.shape as readonly [number, number, number];
  const [filterHeight, filterWidth] = attributes["filter"] as readonly [number, number];
  // Padded taps do not count, so a window that has all of the picture in it is all that matters.
  const [top, left] = attributes["padding"] as readonly [number, number];
  const isWhole = filterHeight - top >= height && filterWidth - left >= width;
  return outputHeight === 1 && outputWidth === 1 && isWhole;
}

function toMean(node: Node): Node {
  return { ...node, op: "mean", attributes: { axes: [1, 2], keepDims: true, unsigned: false } };
}
