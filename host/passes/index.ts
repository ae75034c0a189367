import type { ModelData } from "../core/model.js";
import { verifyGraph } from "../graph/verify.js";
import { cancelRequantize } from "./cancel-requantize.js";
import { dropIdentities } from "./drop-identities.js";
import { mergeReshapes } from "./merge-reshapes.js";
import { removeDead } from "./remove-dead.js";

export { cancelRequantize } from "./cancel-requantize.js";
export { dropIdentities } from "./drop-identities.js";
export { mergeReshapes } from "./merge-reshapes.js";
export { removeDead } from "./remove-dead.js";

/** Passes that change no bit of any output, in an order in which each prepares the next. */
const SIMPLIFICATIONS = [cancelRequantize, mergeReshapes, dropIdentities, removeDead];

/** Runs every simplification once and verifies the result. What an importer returns should go through this. */
export function simplify(model: ModelData): ModelData {
  return verifyGraph(SIMPLIFICATIONS.reduce((graph, pass) => pass(graph), model));
}
