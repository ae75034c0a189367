import { UnsupportedOpError } from "../../../core/errors.js";
import { elementCount } from "../../../core/shape.js";
import type { Budget } from "../budget.js";
import type { Constant } from "../constant.js";
import type { FileNode } from "../file.js";
import type { Value } from "../value.js";
import { ARITHMETIC } from "./arithmetic.js";
import { FoldCall } from "./call.js";
import { MOVES } from "./move.js";

const FOLDS = new Map(Object.entries({ ...MOVES, ...ARITHMETIC }));

/** Operators whose result is known whatever their inputs are. */
const ALWAYS = ["Shape", "Size", "Constant"];

/** Whether an operator may be computed while importing; if its inputs are not constants it still needs a converter. */
export function isFoldable(kind: string): boolean {
  return ALWAYS.includes(kind) || FOLDS.has(kind);
}

export function foldedOperators(): string[] {
  return [...ALWAYS, ...FOLDS.keys()];
}

/**
 * What an operator yields when that is known without running the model: everything made of constants, and shapes, which
 * are fixed here. Exporters leave chains like Shape, Gather, Concat, Reshape behind. Undefined otherwise.
 */
export function evaluate(
  node: FileNode,
  inputs: readonly (Value | undefined)[],
  opset: number,
  budget: Budget,
): Constant[] | undefined {
  const { kind, attributes } = node;
  const first = inputs[0];
  if (kind === "Constant") return [constantNode(node)];
  if (kind === "Shape" && first) {
    const shape = first.shape.slice(attributes.int("start", 0), attributes.int("end", first.rank));
    return [{ type: "INT64", shape: [shape.length], data: Float64Array.from(shape) }];
  }
  if (kind === "Size" && first) {
    return [{ type: "INT64", shape: [], data: Float64Array.of(elementCount(first.shape)) }];
  }
  const fold = FOLDS.get(kind);
  if (fold === undefined || first === undefined || inputs.some((value) => value && !value.isConstant)) return undefined;
  const constants = inputs.map((value) => value?.constant);
  return fold(new FoldCall(constants, attributes, opset, node.outputs.length, budget));
}

/** Constant has one of several attributes, by type. */
function constantNode({ attributes }: FileNode): Constant {
  const tensor = attributes.tensor("value");
  if (tensor !== undefined) return tensor;
  if (attributes.has("value_float")) {
    return { type: "FLOAT", shape: [], data: Float32Array.of(attributes.float("value_float", 0)) };
  }
  if (attributes.has("value_int")) {
    return { type: "INT64", shape: [], data: Float64Array.of(attributes.int("value_int", 0)) };
  }
  const floats = attributes.floats("value_floats");
  if (floats) return { type: "FLOAT", shape: [floats.length], data: Float32Array.from(floats) };
  const ints = attributes.ints("value_ints");
  if (ints) return { type: "INT64", shape: [ints.length], data: Float64Array.from(ints) };
  throw new UnsupportedOpError("constant", "its constant is of a kind that holds no numbers");
}
