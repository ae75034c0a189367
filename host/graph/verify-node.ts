import { QbinError, QuantizationError, ShapeError, UnsupportedOpError, UsageError } from "../core/errors.js";
import type { Attributes, Node, Numerics, Tensor, TensorType } from "../core/model.js";
import { type OpDefinition, type OpInputs, parseTypes } from "../core/op.js";
import { isNormal } from "../core/quantization.js";
import { checkShape, formatShape, type Shape, sameShape } from "../core/shape.js";
import { findOp } from "../ops/index.js";
import { checkAttributes } from "./check-attributes.js";
import { checkQuantization } from "./check-tensor.js";

/** A node with its tensors looked up; what the checks of one node need to know about its surroundings. */
export interface NodeView {
  readonly op: string;
  readonly name: string;
  readonly numerics: Numerics;
  readonly attributes: Attributes;
  readonly inputs: readonly (Tensor | undefined)[];
}

/** `conv2d "CONV_2D_3"`, the way a node is named in every message. */
export function nodeLabel(node: Pick<Node, "op" | "name">): string {
  return `${node.op} "${node.name}"`;
}

/** Runs `check` and puts `who` in front of the message of whatever it refuses; class and code stay. */
export function blame<T>(who: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    const message = `${who}: ${error.message}`;
    if (error instanceof ShapeError) throw new ShapeError(message);
    if (error instanceof QuantizationError) throw new QuantizationError(message);
    if (error instanceof UsageError) throw new UsageError(message);
    throw new UnsupportedOpError(error.code, message);
  }
}

/**
 * Output shapes of a node whose arity, attributes and input types are sound. Throws a QbinError naming the node
 * otherwise. What depends on the outputs is `checkOutputs`.
 */
export function inferNode(node: NodeView): readonly Shape[] {
  const who = nodeLabel(node);
  const definition = findOp(node.op);
  if (definition === undefined) throw new UnsupportedOpError("unknown-op", `${who}: there is no such op`);
  return blame(who, () => {
    checkArity(definition, node);
    checkAttributes(definition, node.attributes);
    const shapes = definition.infer(node.inputs, node.attributes as never);
    shapes.forEach((shape, i) => {
      checkShape(shape, `output ${i}`);
    });
    return shapes;
  });
}

/** Checks everything about a node that involves its outputs: count, shapes, type row, profile, op-specific rules. */
export function checkOutputs(node: NodeView, shapes: readonly Shape[], outputs: readonly TensorType[]): void {
  const definition = findOp(node.op) as OpDefinition;
  blame(nodeLabel(node), () => {
    if (outputs.length !== shapes.length) {
      throw new ShapeError(`has ${outputs.length} outputs, its inputs and attributes give ${shapes.length}`);
    }
    outputs.forEach((output, i) => {
      if (!sameShape(output.shape, shapes[i] as Shape)) {
        const expected = formatShape(shapes[i] as Shape);
        throw new ShapeError(`output "${output.name}" is ${formatShape(output.shape)}, inference says ${expected}`);
      }
      checkQuantization(output);
    });
    checkTypes(definition, node.inputs, outputs);
    checkNumerics(definition, node, outputs);
    checkScales(definition, node, outputs);
    definition.verify?.(node.inputs, node.attributes as never, outputs, node.numerics);
  });
}

function checkArity(definition: OpDefinition, node: NodeView): void {
  const variadic = definition.inputs.at(-1)?.endsWith("*") ?? false;
  const maximum = variadic ? Number.POSITIVE_INFINITY : definition.inputs.length;
  if (node.inputs.length > maximum) {
    throw new ShapeError(`has ${node.inputs.length} inputs, at most ${maximum} are possible`);
  }
  definition.inputs.forEach((name, i) => {
    if (!name.endsWith("?") && node.inputs[i] === undefined) throw new ShapeError(`input "${name}" is missing`);
  });
  node.inputs.forEach((input, i) => {
    if (input === undefined && i >= definition.inputs.length) throw new ShapeError(`input ${i} is missing`);
  });
  for (const position of definition.constantInputs ?? []) {
    const input = node.inputs[position];
    if (input !== undefined && input.data === undefined) {
      throw new UnsupportedOpError(
        "constant-input",
        `input "${input.name}" (${definition.inputs[position]}) must be a constant`,
      );
    }
  }
}

function checkTypes(definition: OpDefinition, inputs: OpInputs, outputs: readonly TensorType[]): void {
  const matches = definition.types.some((row) => {
    const types = parseTypes(row);
    return (
      inputs.every((input, i) => input === undefined || input.dtype === (types.inputs[i] ?? types.inputs.at(-1))) &&
      outputs.every((output, i) => output.dtype === (types.outputs[i] ?? types.outputs.at(-1)))
    );
  });
  if (matches) return;
  const got = `${inputs.map((t) => t?.dtype ?? "none").join(" ")} -> ${outputs.map((t) => t.dtype).join(" ")}`;
  throw new UnsupportedOpError("types", `types ${got} are not supported; there are ${definition.types.join(", ")}`);
}

function checkNumerics(definition: OpDefinition, node: NodeView, outputs: readonly TensorType[]): void {
  const quantized = [...node.inputs, ...outputs].some((t) => t?.quantization !== undefined);
  const wide = [...node.inputs, ...outputs].find((t) => t?.dtype === "int16");
  if (wide && node.numerics !== "tflite") {
    throw new UnsupportedOpError("numerics", `computes "${wide.name}" in int16, which is numerics "tflite" alone`);
  }
  if (quantized && !definition.numerics.includes(node.numerics)) {
    throw new UnsupportedOpError(
      "numerics",
      `has no ${node.numerics} arithmetic; there is ${definition.numerics.join(", ")}`,
    );
  }
  const computed = [node.inputs[0], ...outputs].some((t) => t?.quantization);
  if (!computed && node.attributes["unsigned"] === true) {
    throw new QuantizationError("unsigned is true, and nothing is quantized; it must be false");
  }
}

/** Scales per channel belong to weights, along output channels; ratios of scales must be numbers in float32. */
function checkScales(definition: OpDefinition, node: NodeView, outputs: readonly TensorType[]): void {
  const to = outputs[0]?.quantization?.scale[0];
  node.inputs.forEach((input, i) => {
    const q = input?.quantization;
    if (q?.axis !== undefined && (i !== 1 || q.axis !== definition.channelAxis)) {
      throw new QuantizationError(
        `input "${input?.name}" has a scale per index of axis ${q.axis}, which this op cannot use`,
      );
    }
    const from = q?.scale[0];
    const isRescaled = from !== undefined && to !== undefined && !definition.constantInputs?.includes(i);
    if (isRescaled && !isNormal(Math.fround(from / to))) {
      throw new QuantizationError(`input scale ${from} over output scale ${to} is no normal float32`);
    }
  });
}
