import { QbinError, QbinFormatError } from "../../../host/core/errors.js";
import { validateModel } from "../../../host/format/validate.js";
import { verifyGraph } from "../../../host/graph/verify.js";
import { importCaffe } from "../../../host/import/index.js";
import { findOp } from "../../../host/ops/index.js";

export type Outcome = "malformed" | "unsupported" | "imported";

/**
 * Imports files that nobody vouches for. A refusal must be one readable line; a graph must verify, by itself and as the
 * content of a .qbin file. Anything else that is thrown is a bug and passes through.
 */
export function attempt(prototxt: Uint8Array, caffemodel: Uint8Array): Outcome {
  try {
    const model = importCaffe(prototxt, caffemodel, { name: "mutant.prototxt", weightsName: "mutant.caffemodel" });
    verifyGraph(model);
    validateModel(model, findOp);
    return "imported";
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    if (!/^mutant\.prototxt: \P{C}+$/u.test(error.message) || error.message.length > 25_000) {
      throw new Error(`a refusal that is not one line: ${JSON.stringify(error.message)}`);
    }
    return error instanceof QbinFormatError ? "malformed" : "unsupported";
  }
}
