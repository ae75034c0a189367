import type { ModelData } from "../core/model.js";
import { findOp } from "../ops/index.js";
import { parseQbin } from "./parse.js";
import { validateModel } from "./validate.js";

export { verifyDigest } from "./digest.js";

/**
 * Reads and checks a `.qbin` file: every rule of docs/qbin.md except the digest (R7), which `verifyDigest` checks
 * because it may have to wait. `data` of the tensors are views of `bytes`, not copies. Knows every op; the runtime
 * takes the same two steps with the ops a model uses.
 *
 * @throws QbinFormatError with the number of the broken rule; nothing else, whatever the bytes are
 */
export function readQbin(bytes: Uint8Array): ModelData {
  const model = parseQbin(bytes);
  validateModel(model, findOp);
  return model;
}
