import { QbinError } from "../../core/errors.js";
import type { ModelData } from "../../core/model.js";
import type { NodeNote } from "../common/note.js";
import { Problems } from "../common/problems.js";
import { cleanName } from "../common/text.js";
import { convertedOperators } from "./convert/index.js";
import { readOnnx } from "./file.js";
import { foldedOperators } from "./fold/index.js";
import { Importer } from "./importer.js";
import type { ImportOnnxOptions } from "./options.js";

/**
 * Turns a .onnx file into a graph with the same results: bit for bit where integers are computed, up to rounding in float.
 *
 * Every operator becomes a node with its name, `Conv_3` where operator 3 has none; nodes that only lead up to it have a
 * longer one. Pictures and signals are channels-last inside; inputs and outputs keep the file's order of axes unless
 * `layout` says otherwise.
 *
 * @throws QbinFormatError when the file is malformed
 * @throws UnsupportedOpError listing everything that cannot be imported, operator by operator
 */
export function importOnnx(bytes: Uint8Array, options: ImportOnnxOptions = {}): ModelData {
  return importOnnxWithNotes(bytes, options).model;
}

/** The same, and why nodes beside quantized values compute in float32. */
export function importOnnxWithNotes(
  bytes: Uint8Array,
  options: ImportOnnxOptions = {},
): { readonly model: ModelData; readonly notes: readonly NodeNote[] } {
  const problems = new Problems(cleanName(options.name ?? "model.onnx"));
  try {
    // Node's Buffer is a Uint8Array whose slice() does not copy; from here on it is a plain one.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const file = readOnnx(plain, options.readExternal);
    return new Importer(file, problems, options, bytes.byteLength).run();
  } catch (error) {
    if (error instanceof QbinError) throw problems.wrap(error);
    throw error;
  }
}

/** The ONNX operators that are taken; those of the second list on constants only. */
export function supportedOnnxOperators(): { readonly converted: string[]; readonly folded: string[] } {
  const converted = convertedOperators();
  return { converted, folded: foldedOperators().filter((kind) => !converted.includes(kind)) };
}
