import { findOp } from "../../../ops/index.js";
import type { FileNode } from "../file.js";
import { isByte, type Quantization, type Target, Value } from "../value.js";
import { quantizedBias } from "./bias.js";
import { JOINS, MOVES, movesElements, SUMS, TABLES } from "./kinds.js";
import { movedAxis } from "./moved-axis.js";
import { dequantized, quantized } from "./numbers.js";
import { channelAxis } from "./operators.js";
import { isPerTensor, sameTarget, weightObstacle } from "./parameters.js";
import { isDequantizeLinear, isQuantizeLinear, type Targets } from "./targets.js";
import type { Unit } from "./unit.js";

/** Decides for every float operator between dequantized and quantized values whether it computes on integers. */
export class Fusion {
  readonly #targets: Targets;

  constructor(targets: Targets) {
    this.#targets = targets;
  }

  /** The operator on the integers behind its inputs where that is possible, else as it is, with a note that says why. */
  unitOf(node: FileNode, inputs: readonly (Value | undefined)[]): Unit {
    const asItIs: Unit = { node, inputs };
    if (isQuantizeLinear(node) || isDequantizeLinear(node)) return asItIs;
    const sources = inputs.map((value) => value?.source);
    const output = node.outputs[0] ?? "";
    if (!sources.some((source) => source !== undefined) && !this.#targets.isQuantized(output)) return asItIs;
    const moved = this.#moved(node, inputs) ?? this.#clipped(node, sources[0]);
    if (moved !== undefined) return moved;
    // What is known without running the model is computed in float32 once and for all.
    if (inputs.every((value) => value === undefined || value.isConstant)) return asItIs;
    const fused = this.#fused(node, inputs);
    return typeof fused === "string" ? { ...asItIs, note: fused } : fused;
  }

  /** Operators that only move or compare elements do it with integers, and the result stands for the same. */
  #moved(node: FileNode, inputs: readonly (Value | undefined)[]): Unit | undefined {
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

  /** A Relu or Clip that takes nothing away is no operator. */
  #clipped(node: FileNode, source: Value | undefined): Unit | undefined {
    if ((node.kind !== "Relu" && node.kind !== "Clip") || source === undefined || !isByte(source.type))
      return undefined;
    const own: Target = { type: source.type, quantization: source.quantization };
    if (!isPerTensor(source.quantization!) || !this.#targets.isRedundant(node, own)) return undefined;
    const fate = this.#targets.of(node.outputs[0] ?? "");
    if (fate.target === undefined || !sameTarget(fate.target, own)) return undefined;
    return { node: { ...node, kind: "Identity" }, inputs: [source], target: own, isHidden: true };
  }

  #fused(node: FileNode, inputs: readonly (Value | undefined)[]): Unit | string {
    const op = SUMS.get(node.kind) ?? TABLES.get(node.kind);
    if (op === undefined) return `there is no ${node.kind} of quantized values`;
    const obstacle = inputObstacle(node, inputs);
    if (obstacle !== undefined) return obstacle;
    const sources = inputs.map((value) => value?.source);
    const first = sources[0] as Value;
    const { target, why } = this.#targets.of(node.outputs[0] ?? "");
    if (target === undefined && !this.#mayEndInFloat(node, inputs)) return why as string;
    if (target !== undefined && target.type !== first.type) {
      return `its input is ${first.type} and its result ${target.type}`;
    }
    if (!takesBytes(op)) return `there is no ${node.kind} of quantized values`;
    if (node.kind === "Conv" || node.kind === "Gemm") {
      const bias = quantizedBias(node, inputs, target !== undefined);
      if (typeof bias === "string") return bias;
      const data = bias.value === undefined ? sources.slice(0, 2) : [...sources.slice(0, 2), bias.value];
      const note = bias.note === undefined ? {} : { note: bias.note };
      return { node, inputs: data, ...ending(target), ...note };
    }
    if (TABLES.has(node.kind)) return { node, inputs: [first, ...inputs.slice(1)], ...ending(target) };
    return { node, inputs: sources, ...ending(target) };
  }

  /** Products of matrices may have their sums of 32 bits read as float32. */
  #mayEndInFloat({ kind, outputs }: FileNode, inputs: readonly (Value | undefined)[]): boolean {
    const readers = this.#targets.readers(outputs[0] ?? "");
    // ONNX Runtime looks for the QuantizeLinear behind a lone Relu or Clip, and finds it missing.
    const isClipped = readers.length === 1 && ["Relu", "Clip"].includes((readers[0] as FileNode).kind);
    if (isClipped || readers.some(isQuantizeLinear)) return false;
    return kind === "MatMul" || (kind === "Gemm" && inputs.every((value) => value === undefined || value.source));
  }
}

function ending(target: Target | undefined): Pick<Unit, "target" | "isHidden"> {
  return target === undefined ? { target: { type: "FLOAT" } } : { target, isHidden: true };
}

/** Whether an op has ONNX Runtime's arithmetic for int8. */
function takesBytes(op: string): boolean {
  const definition = findOp(op);
  if (definition === undefined || !definition.numerics.includes("onnx")) return false;
  return definition.types.some((row) => row.startsWith("int8"));
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

/** Why the inputs of an operator are not all integers that it could compute on. */
function inputObstacle(node: FileNode, inputs: readonly (Value | undefined)[]): string | undefined {
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
