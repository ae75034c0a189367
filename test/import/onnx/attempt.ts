import { QbinError, QbinFormatError } from "../../../host/core/errors.js";
import type { ModelData } from "../../../host/core/model.js";
import { validateModel } from "../../../host/format/validate.js";
import { verifyGraph } from "../../../host/graph/verify.js";
import { importOnnx } from "../../../host/import/index.js";
import { findOp } from "../../../host/ops/index.js";

export type Outcome = "malformed" | "unsupported" | "imported";

/**
 * Imports bytes that nobody vouches for. A refusal must be one readable line; a graph must verify, by itself and as the
 * content of a .qbin file. Anything else that is thrown is a bug and passes through.
 */
export function attempt(bytes: Uint8Array, use: (model: ModelData) => void = () => {}): Outcome {
  let model: ModelData;
  try {
    model = importOnnx(bytes, { name: "mutant.onnx" });
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    if (!/^mutant\.onnx: \P{C}+$/u.test(error.message) || error.message.length > 25_000) {
      throw new Error(`a refusal that is not one line: ${JSON.stringify(error.message)}`);
    }
    return error instanceof QbinFormatError ? "malformed" : "unsupported";
  }
  verifyGraph(model);
  validateModel(model, findOp);
  use(model);
  return "imported";
}
