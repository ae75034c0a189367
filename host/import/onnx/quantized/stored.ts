import type { FileNode } from "../file.js";
import { isByte, shiftOf, type Value } from "../value.js";
import { weightObstacle } from "./parameters.js";
import { channelAxis } from "./spellings.js";

/** Operators whose constants go into float32 weights of the operator before, which saves more than small weights do. */
const FACTORS = new Set(["Mul", "Div", "BatchNormalization"]);

/**
 * The inputs of an operator that computes in float32, its weights as the file stores them: integers with a scale, of which
 * nodes take the real values. Weights that nodes do not take like that are dequantized.
 *
 * @param readers of its result
 */
export function withStoredWeights(
  node: FileNode,
  inputs: readonly (Value | undefined)[],
  readers: readonly FileNode[],
): readonly (Value | undefined)[] {
  if (readers.some(({ kind }) => FACTORS.has(kind))) return inputs;
  const weights = inputs[1]?.source;
  if (weights === undefined || !isByte(weights.type) || !weights.isConstant) return inputs;
  const axis = channelAxis(node, weights);
  const isMatrix = node.kind === "Conv" || weights.rank === 2;
  const isPlain = node.kind !== "Gemm" || node.attributes.float("alpha", 1) === 1;
  const isCentred = weights.quantization?.zeroPoint.every((point) => point === shiftOf(weights.type));
  if (axis === undefined || !isMatrix || !isPlain || !isCentred) return inputs;
  if (weightObstacle(weights, axis) !== undefined) return inputs;
  return [inputs[0], weights, ...inputs.slice(2)];
}
