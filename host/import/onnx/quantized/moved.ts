import type { FileNode } from "../file.js";
import { isByte, type Quantization, Value } from "../value.js";
import { JOINS, MOVES, movesElements } from "./kinds.js";
import { movedAxis } from "./moved-axis.js";
import { dequantized, quantized } from "./numbers.js";
import { isPerTensor, sameTarget } from "./parameters.js";
import type { Unit } from "./unit.js";

/** Operators that only move or compare elements do it with integers, and the result stands for the same. */
export function movedUnit(node: FileNode, inputs: readonly (Value | undefined)[]): Unit | undefined {
  const source = inputs[0]?.source;
  if (source === undefined || !isByte(source.type)) return undefined;
  const { quantization, type } = source;
  if (node.kind === "ArgMax") return isPerTensor(quantization!) ? { node, inputs: [source] } : undefined;
  if (JOINS.has(node.kind)) return joined(node, inputs);
  if (!MOVES.has(node.kind) || !movesElements(node)) return undefined;
  const rest = node.kind === "Pad" ? padInputs(node, inputs, source) : inputs.slice(1);
  if (rest === undefined) return undefined;
  if (isPerTensor(quantization!))
    return { node, inputs: [source, ...rest], target: { type, quantization }, isHidden: true };
  const axis = source.isConstant ? movedAxis(node, inputs) : undefined;
  if (axis === undefined) return undefined;
  return {
    node,
    inputs: [source, ...rest],
    target: { type, quantization: { ...quantization!, axis } },
    isHidden: true,
  };
}

function joined(node: FileNode, inputs: readonly (Value | undefined)[]): Unit | undefined {
  const sources = inputs.map((value) => value?.source);
  const first = sources[0] as Value;
  const fits = sources.every((source) => source !== undefined && isByte(source.type) && sameTarget(source, first));
  if (!fits || !isPerTensor(first.quantization!)) return undefined;
  return { node, inputs: sources, target: { type: first.type, quantization: first.quantization }, isHidden: true };
}

/** Pad's other inputs, its number as one of the source's type; undefined where no number of that type is the same. */
function padInputs(
  node: FileNode,
  inputs: readonly (Value | undefined)[],
  source: Value,
): (Value | undefined)[] | undefined {
  const given = inputs[2];
  const fill = given === undefined ? node.attributes.float("value", 0) : given.constant?.data[0];
  const { quantization, type } = source;
  if (fill === undefined || node.attributes.has("value") || !isPerTensor(quantization!)) return undefined;
  const [step, real] = [new Int32Array(1), new Float32Array(1)];
  quantized(Float32Array.of(fill), [1], type, quantization as Quantization, step);
  dequantized(step, [1], quantization as Quantization, real);
  if (real[0] !== fill) return undefined;
  return [inputs[1], new Value("fill", type, [], { type, shape: [], data: step }), ...inputs.slice(3)];
}
