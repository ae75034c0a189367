import type { ModelInfo } from "../index.js";
import { explain, type ModelData, type RunsIn } from "../toolchain.js";

/** One node: what runs for it, in what precision, and why. */
export interface NodeReport {
  readonly name: string;
  readonly op: string;
  readonly kernels: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How the weights are stored, where that is not the dtype of what is computed with them. */
  readonly weights?: string;
  readonly macs: number;
  readonly numerics: string;
  readonly runsIn: RunsIn;
  readonly isInt8: boolean;
  readonly why: string;
}

/** Joins what the runtime chose (`info`) with what the file says (`model`); both list nodes in the same order. */
export function reportNodes(model: ModelData, info: ModelInfo): NodeReport[] {
  const explanations = explain(model);
  return info.nodes.map(({ name, op, kernels, shape, dtype, weights, macs, numerics }, i) => {
    const { runsIn, why } = explanations[i]!;
    const stored = weights !== undefined && weights !== dtype && { weights };
    return { name, op, kernels, shape, dtype, ...stored, macs, numerics, runsIn, isInt8: runsIn === "int8", why };
  });
}
