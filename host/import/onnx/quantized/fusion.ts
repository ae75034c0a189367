import { findOp } from "../../../ops/index.js";
import type { FileNode } from "../file.js";
import { isByte, type Target, type Value } from "../value.js";
import { quantizedBias } from "./bias.js";
import { JOINS, MOVES, SUMS, TABLES } from "./kinds.js";
import { movedUnit } from "./moved.js";
import { inputObstacle } from "./obstacles.js";
import { isPerTensor, sameTarget } from "./parameters.js";
import { withStoredWeights } from "./stored.js";
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
    const moved = movedUnit(node, inputs) ?? this.#clipped(node, sources[0]);
    if (moved !== undefined) return moved;
    // What is known without running the model is computed in float32 once and for all.
    if (inputs.every((value) => value === undefined || value.isConstant)) return asItIs;
    const fused = this.#fused(node, inputs);
    if (typeof fused !== "string") return fused;
    return { node, inputs: withStoredWeights(node, inputs, this.#targets.readers(output)), note: fused };
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
    const isMove = MOVES.has(node.kind) || JOINS.has(node.kind);
    if (isMove && inputs[0]?.source === undefined) return `its input ${inputs[0]?.label} is not quantized`;
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
