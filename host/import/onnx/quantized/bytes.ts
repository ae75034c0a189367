import { UnsupportedOpError } from "../../../core/errors.js";
import type { FileNode } from "../file.js";
import { isByte, RAW, type Value } from "../value.js";
import { JOINS, MOVES, movesElements } from "./kinds.js";
import { sameParameters, shownParameters } from "./parameters.js";
import { tagged } from "./tagged.js";

/** Operators that take values of 8 bits without being about quantized ones: they move and compare, they do not compute. */
const OF_BYTES = new Set([...MOVES, ...JOINS, "ArgMax", "Cast", "Clip", "Shape", "Size"]);

/**
 * The inputs of an operator that knows nothing of quantized values. To ONNX 8 bits are numbers modulo 256, and operators
 * that would compute with them are refused. Joined values must have one scale; constants have whatever the others have.
 */
export function withBytes(node: FileNode, inputs: readonly (Value | undefined)[]): readonly (Value | undefined)[] {
  const computed = inputs.filter((value) => value !== undefined && isByte(value.type) && !value.isConstant) as Value[];
  const first = computed[0];
  const isKnown = inputs.every((value) => value === undefined || value.isConstant);
  const bytes = inputs.find((value) => value !== undefined && isByte(value.type));
  if (bytes === undefined || isKnown) return inputs;
  if (!OF_BYTES.has(node.kind) || !movesElements(node)) {
    throw new UnsupportedOpError("tensor-type", `its input ${bytes.label} is ${bytes.type}`);
  }
  if (!JOINS.has(node.kind) || first === undefined) return inputs;
  const quantization = first.quantization ?? RAW;
  const other = computed.find((value) => !sameParameters(value.quantization ?? RAW, quantization));
  if (other !== undefined) {
    const [a, b] = [shownParameters(quantization), shownParameters(other.quantization ?? RAW)];
    throw new UnsupportedOpError("quantization", `it joins ${first.label} with ${a} and ${other.label} with ${b}`);
  }
  return inputs.map((value) => (value?.isConstant && isByte(value.type) ? tagged(value, quantization) : value));
}
