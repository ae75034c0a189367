import { QbinError, UsageError } from "../../core/errors.js";
import type { ModelData } from "../../core/model.js";
import type { NodeNote } from "../common/note.js";
import { cleanName, quote } from "../common/text.js";
import { convertedOperators } from "./convert/index.js";
import { readTflite } from "./file.js";
import { Importer, type NodeDecision } from "./importer.js";
import { type ImportTfliteOptions, TFLITE_NUMERICS } from "./options.js";
import { Problems } from "./problems.js";

/**
 * Turns a .tflite file into a graph with the same results, bit for bit: those of LiteRT, or with `numerics` those of TFLite's
 * reference kernels or of TFLite Micro.
 *
 * Every operator becomes a node named after it, `CONV_2D_3` for operator 3, whose outputs have the file's tensor
 * names; nodes that only lead up to it have a longer name, `FULLY_CONNECTED_11/rows`. uint8 tensors are int8 inside,
 * shifted by 128; a uint8 model input or output keeps its name and type, and its int8 twin is called `name/int8`.
 * Constants are views of `bytes` where they need no shift.
 *
 * @throws QbinFormatError when the file is malformed
 * @throws UnsupportedOpError listing everything that cannot be imported, operator by operator
 */
export function importTflite(bytes: Uint8Array, options: ImportTfliteOptions = {}): ModelData {
  return importTfliteWithDecisions(bytes, options).model;
}

/** `importTflite`, and why every operator computes as it does: in numerics "xnnpack" whether XNNPACK computes it. */
export function importTfliteWithDecisions(
  bytes: Uint8Array,
  options: ImportTfliteOptions = {},
): { model: ModelData; decisions: readonly NodeDecision[]; notes: readonly NodeNote[] } {
  const who = cleanName(options.name ?? "model.tflite");
  const { numerics = "xnnpack" } = options;
  if (!TFLITE_NUMERICS.includes(numerics)) {
    throw new UsageError(
      `${who}: there is no numerics ${quote(String(numerics))} for it; there are ${TFLITE_NUMERICS.join(", ")}`,
    );
  }
  // Node's Buffer is a Uint8Array whose slice() does not copy; from here on it is a plain one.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const file = readTflite(plain, who);
  const problems = new Problems(who, file);
  try {
    return new Importer(file, problems, options, bytes.byteLength).run();
  } catch (error) {
    if (error instanceof QbinError) throw problems.wrap(error);
    throw error;
  }
}

/** The TFLite operators that are taken, for documentation and messages. */
export function supportedTfliteOperators(): string[] {
  return convertedOperators();
}
