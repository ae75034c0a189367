import { QbinError } from "../core/errors.js";
import type { RARE } from "./rare-plans.js";

/**
 * Plans for what few models have: int16 activations, dynamic range, weights stored small, TFLite's other kernels, ONNX
 * Runtime's arithmetic. Their code is loaded for the first model that needs it, before any of its nodes is prepared.
 */
let plans: typeof RARE | undefined;

export async function loadRarePlans(): Promise<void> {
  plans ??= (await import("./rare-plans.js")).RARE;
}

export function rarePlans(): typeof RARE {
  if (plans === undefined) throw new QbinError("internal", "a rare kind of layer was not loaded; please report this");
  return plans;
}
