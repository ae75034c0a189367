import { QbinError, UnsupportedOpError } from "../../core/errors.js";
import type { ModelData } from "../../core/model.js";
import { cleanName } from "../common/text.js";
import { convertedOperators } from "./convert/index.js";
import { readTflite } from "./file.js";
import { Importer, type NodeDecision } from "./importer.js";
import type { ImportTfliteOptions } from "./options.js";
import { Problems } from "./problems.js";

/**
 * Turns a .tflite file into a graph with the same results, bit for bit.
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

/** `importTflite`, and for every operator whether XNNPACK computes it and if not, why. */
export function importTfliteWithDecisions(
  bytes: Uint8Array,
  options: ImportTfliteOptions = {},
): { model: ModelData; decisions: readonly NodeDecision[] } {
  const who = cleanName(options.name ?? "model.tflite");
  if (options.numerics !== undefined && options.numerics !== "xnnpack") {
    throw new UnsupportedOpError(
      "numerics",
      `${who}: numerics "${options.numerics}" is not supported yet; use "xnnpack"`,
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
