import { QbinError } from "../../../core/errors.js";
import type { FileNode } from "../file.js";
import { type Quantization, RAW, type Value } from "../value.js";
import { isPerTensor, readParameters } from "./parameters.js";
import { declaredPlace } from "./spellings.js";
import { isDequantizeLinear, type Targets } from "./targets.js";

/** Operators whose result stands for what their input does. */
const PASSED = new Set([
  "Identity",
  "Reshape",
  "Transpose",
  "Squeeze",
  "Unsqueeze",
  "Flatten",
  "Slice",
  "MaxPool",
  "Pad",
]);

/** Readers of one input that are looked at. */
const MAX_READERS = 256;

/**
 * What the numbers of a model input of 8 bits stand for: the file says so where it reads them, maybe behind operators
 * that move them. RAW where it does not.
 */
export function declaredQuantization(name: string, targets: Targets, value: (name: string) => Value): Quantization {
  const pending = [name];
  for (let looked = 0; looked < MAX_READERS; ) {
    const at = pending.pop();
    if (at === undefined) return RAW;
    for (const node of targets.readers(at)) {
      if (looked++ > MAX_READERS) return RAW;
      const found = declaredBy(node, at, value);
      if (found !== undefined) return found;
      if (PASSED.has(node.kind) && node.inputs[0] === at) pending.push(node.outputs[0] ?? "");
    }
    if (pending.length === 0) return RAW;
  }
  return RAW;
}

function declaredBy(node: FileNode, name: string, value: (name: string) => Value): Quantization | undefined {
  const place = isDequantizeLinear(node) ? ([1, 2] as const) : declaredPlace(node, node.inputs.indexOf(name));
  if (place === undefined) return undefined;
  const [scale, zeroPoint] = place.map((i) => {
    const given = i === -1 ? "" : (node.inputs[i] ?? "");
    return given === "" ? undefined : value(given);
  });
  try {
    // Operators without a scale count in steps of 1.
    const parameters = place[0] === -1 ? undefined : readParameters({ scale, zeroPoint });
    if (parameters === undefined) return { scale: [1], zeroPoint: [zeroPoint?.constant?.data[0] ?? 0] };
    return isPerTensor(parameters) ? parameters : RAW;
  } catch (error) {
    if (error instanceof QbinError) return RAW;
    throw error;
  }
}
