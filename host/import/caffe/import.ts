import { QbinError } from "../../core/errors.js";
import type { ModelData } from "../../core/model.js";
import type { NodeNote } from "../common/note.js";
import { Problems } from "../common/problems.js";
import { cleanName } from "../common/text.js";
import { convertedLayers } from "./convert/index.js";
import { readNet, readWeights } from "./file.js";
import { Importer } from "./importer.js";
import type { ImportCaffeOptions } from "./options.js";

/** A Caffe network as a graph, and what its owner should know. */
export interface ImportedCaffe {
  readonly model: ModelData;
  /** Why nodes of fixed-point layers do not compute in int8. */
  readonly notes: readonly NodeNote[];
  /** What the files name and the graph does not have: a mean in a file of its own. */
  readonly warnings: readonly string[];
}

/**
 * Turns a Caffe network into a graph with the same results: float layers up to rounding, Ristretto's fixed-point layers
 * bit for bit (docs/import.md has the arithmetic).
 *
 * The network comes from the .prototxt, weights from the .caffemodel by the names of layers. Layers of phase TRAIN, losses
 * and measures are left out.
 *
 * @throws QbinFormatError when one of the files is malformed
 * @throws UnsupportedOpError listing everything that cannot be imported, layer by layer
 */
export function importCaffe(prototxt: Uint8Array, caffemodel: Uint8Array, options: ImportCaffeOptions = {}): ModelData {
  return importCaffeWithNotes(prototxt, caffemodel, options).model;
}

/** `importCaffe`, and what its owner should know. */
export function importCaffeWithNotes(
  prototxt: Uint8Array,
  caffemodel: Uint8Array,
  options: ImportCaffeOptions = {},
): ImportedCaffe {
  const problems = new Problems(cleanName(options.name ?? "net.prototxt"));
  const weightsName = cleanName(options.weightsName ?? "net.caffemodel");
  try {
    const net = readNet(prototxt);
    // Node's Buffer is a Uint8Array whose slice() does not copy; from here on it is a plain one.
    const plain = new Uint8Array(caffemodel.buffer, caffemodel.byteOffset, caffemodel.byteLength);
    const importer = new Importer(net, readWeights(plain, weightsName), problems, options);
    const model = importer.run();
    return { model, notes: importer.notes, warnings: importer.warnings };
  } catch (error) {
    if (error instanceof QbinError) throw problems.wrap(error);
    throw error;
  }
}

/** The types of Caffe layers that are taken. */
export function supportedCaffeLayers(): string[] {
  return convertedLayers();
}
