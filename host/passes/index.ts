import type { ModelData } from "../core/model.js";
import { verifyGraph } from "../graph/verify.js";
import { cancelRequantize } from "./cancel-requantize.js";
import { cancelTransposes } from "./cancel-transposes.js";
import { dropIdentities } from "./drop-identities.js";
import { foldAffine } from "./fold-affine.js";
import { foldConstants } from "./fold-constants.js";
import { foldFlatten } from "./fold-flatten.js";
import { fuseActivations } from "./fuse-activations.js";
import { fuseGelu } from "./fuse-gelu.js";
import { fuseHardSwish } from "./fuse-hard-swish.js";
import { fusePad } from "./fuse-pad.js";
import { mergeConstants } from "./merge-constants.js";
import { mergeReshapes } from "./merge-reshapes.js";
import { removeDead } from "./remove-dead.js";

export { cancelRequantize } from "./cancel-requantize.js";
export { cancelTransposes } from "./cancel-transposes.js";
export { dropIdentities } from "./drop-identities.js";
export { foldAffine } from "./fold-affine.js";
export { foldConstants } from "./fold-constants.js";
export { foldFlatten } from "./fold-flatten.js";
export { fuseActivations } from "./fuse-activations.js";
export { fuseGelu } from "./fuse-gelu.js";
export { fuseHardSwish } from "./fuse-hard-swish.js";
export { fusePad } from "./fuse-pad.js";
export { mergeConstants } from "./merge-constants.js";
export { mergeReshapes } from "./merge-reshapes.js";
export { removeDead } from "./remove-dead.js";

/** Passes that change no bit of any output, in an order in which each prepares the next. */
const SIMPLIFICATIONS = [
  foldConstants,
  cancelRequantize,
  cancelTransposes,
  mergeReshapes,
  dropIdentities,
  fuseActivations,
  fusePad,
  mergeConstants,
  removeDead,
];

/** Passes after which float outputs differ by rounding; integers do not. Then the simplifications once more. */
const FOLDINGS = [foldFlatten, foldAffine, fuseHardSwish, fuseGelu];

/** Runs every simplification once and verifies the result. */
export function simplify(model: ModelData): ModelData {
  return verifyGraph(SIMPLIFICATIONS.reduce((graph, pass) => pass(graph), model));
}

/**
 * What an importer returns, made ready to run or to be quantized: fewer nodes, the same results. Quantized outputs keep
 * every bit; float outputs change by no more than rounding.
 */
export function prepare(model: ModelData): ModelData {
  const folded = FOLDINGS.reduce((graph, pass) => pass(graph), simplify(model));
  return simplify(folded);
}
