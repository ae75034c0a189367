import type { FileNode } from "../file.js";
import { isByte, type Value } from "../value.js";
import { TABLES } from "./kinds.js";
import { isPerTensor, weightObstacle } from "./parameters.js";
import { channelAxis } from "./spellings.js";

/** Why the inputs of an operator are not all integers that it could compute on. */
export function inputObstacle(node: FileNode, inputs: readonly (Value | undefined)[]): string | undefined {
  const isTable = TABLES.has(node.kind);
  const hasWeights = node.kind === "Conv" || node.kind === "Gemm";
  const data = isTable ? inputs.slice(0, 1) : hasWeights ? inputs.slice(0, 2) : inputs;
  if (data.includes(undefined) || (data.length < 2 && (hasWeights || node.kind === "MatMul")))
    return "an input is missing";
  for (const value of data) {
    const source = value?.source;
    if (value === undefined || source === undefined) return `its input ${value?.label} is not quantized`;
    if (!isByte(source.type)) return `its input ${value.label} is quantized to ${source.type}`;
  }
  const [first, second] = data.map((value) => value?.source as Value) as [Value, Value | undefined];
  if (!isPerTensor(first.quantization!)) return `its input ${first.label} has a scale per channel`;
  if (node.kind === "MatMul" || hasWeights) return matrixObstacle(node, first, second as Value);
  for (const value of data) {
    const source = value?.source as Value;
    if (source.type !== first.type) return `it mixes ${first.type} and ${source.type}`;
    if (!isPerTensor(source.quantization!)) return `its input ${source.label} has a scale per channel`;
  }
  return undefined;
}

function matrixObstacle(node: FileNode, input: Value, weights: Value): string | undefined {
  const { kind, attributes } = node;
  if (input.type === "INT8" && weights.type !== "INT8") return `its input is INT8 and its weights are ${weights.type}`;
  if (kind !== "MatMul" && !weights.isConstant) return "its weights are computed at run time";
  if (kind === "Gemm") {
    if (attributes.float("alpha", 1) !== 1) return "its alpha is not 1";
    if (attributes.float("beta", 1) !== 1) return "its beta is not 1";
  }
  if (input.rank < 2 || weights.rank < 2) return "one of its factors is a vector";
  if (kind === "MatMul" && weights.quantization?.axis !== undefined && weights.rank !== 2) {
    return "its second matrix has a scale per column and more than two axes";
  }
  return weightObstacle(weights, channelAxis(node, weights) as number);
}
