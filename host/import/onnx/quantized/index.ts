import type { Call } from "../call.js";
import type { FileNode } from "../file.js";
import { dequantizeLinear, quantizeLinear } from "./linear.js";
import { dynamicQuantizeLinear } from "./run-time.js";
import { quantizedOperators } from "./spellings.js";

export { withBytes } from "./bytes.js";
export { channelsFirst, channelsLast } from "./channels-last.js";
export { declaredQuantization } from "./declared.js";
export { joinDynamic } from "./dynamic.js";
export { Fusion } from "./fusion.js";
export { hidden } from "./hidden.js";
export { spelledUnit } from "./operators.js";
export { splitWeights } from "./split-weights.js";
export { Targets } from "./targets.js";
export type { Unit } from "./unit.js";

/** Operators between float32 and quantized values. */
export const LINEAR: Readonly<Record<string, (call: Call) => void>> = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  "com.microsoft.QuantizeLinear": quantizeLinear,
  "com.microsoft.DequantizeLinear": dequantizeLinear,
};

const NAMES = quantizedOperators();
const KINDS = new Set([...NAMES, ...Object.keys(LINEAR)]);

/** Whether an operator is about quantized values; a model that has one is a quantized model. */
export function isAboutQuantized({ kind }: Pick<FileNode, "kind">): boolean {
  return KINDS.has(kind);
}

/** Operators on integers that are another way to write a float operator with scales. */
export function spelledOperators(): readonly string[] {
  return NAMES;
}
