import { QbinFormatError, UsageError } from "../core/errors.js";
import type { ModelData } from "../core/model.js";
import { type ImportCaffeOptions, importCaffeWithNotes, isCaffemodel, isPrototxt } from "./caffe/index.js";
import type { NodeNote } from "./common/note.js";
import { cleanName } from "./common/text.js";
import { type ImportOnnxOptions, importOnnxWithNotes } from "./onnx/index.js";
import { importTfliteWithDecisions, type NodeDecision, type TfliteNumerics } from "./tflite/index.js";

export {
  type ImportCaffeOptions,
  type ImportedCaffe,
  importCaffe,
  importCaffeWithNotes,
  supportedCaffeLayers,
} from "./caffe/index.js";
export type { NodeNote } from "./common/note.js";
export * from "./onnx/index.js";
export * from "./tflite/index.js";

/** Formats of model files that there is an importer for. */
export type ModelFormat = "tflite" | "onnx" | "caffe";

/** Options of all importers; one that does not concern the format at hand is refused. */
export interface ImportOptions extends ImportOnnxOptions {
  /** TFLite: whose arithmetic to reproduce. */
  readonly numerics?: TfliteNumerics;
  /** Caffe: the .caffemodel, and what messages call it. */
  readonly weights?: Uint8Array;
  readonly weightsName?: string;
  /** Caffe: how Ristretto's layers round ties. */
  readonly ties?: NonNullable<ImportCaffeOptions["ties"]>;
}

/** What `importModel` made of a file. */
export interface ImportedModel {
  readonly format: ModelFormat;
  readonly model: ModelData;
  /** TFLite in numerics "xnnpack": whether XNNPACK computes each operator, and if not, why. */
  readonly decisions: readonly NodeDecision[];
  /** Why nodes compute as they do, for `explain`: in TFLite all, in ONNX and Caffe those beside quantized values that are in float32. */
  readonly notes: readonly NodeNote[];
  /** Caffe: what the files name and the graph does not have. */
  readonly warnings: readonly string[];
}

/** The format of a model file by its content, undefined for one that no importer reads. */
export function formatOf(bytes: Uint8Array): ModelFormat | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(4, 8) === "TFL3") return "tflite";
  // A protobuf that begins with field 1 as a number, which in ONNX is the version of its intermediate representation.
  if (bytes[0] === 0x08 && text(0, 4) !== "QBIN") return "onnx";
  if (isPrototxt(bytes)) return "caffe";
  return undefined;
}

/**
 * Turns a model file of any format there is an importer for into a graph. The content decides, not the name.
 *
 * @throws QbinFormatError when the file is none of them, or malformed
 * @throws UnsupportedOpError listing everything that cannot be imported, operator by operator
 * @throws UsageError for options that do not concern the format
 */
export function importModel(bytes: Uint8Array, options: ImportOptions = {}): ImportedModel {
  const who = cleanName(options.name ?? "model");
  const format = formatOf(bytes);
  const { numerics, dims, layout, readExternal, weights, weightsName, ties, ...common } = options;
  const refuse = (given: unknown, option: string, kind: string) => {
    if (given !== undefined) throw new UsageError(`${who}: ${option} is for ${kind} files, and this is none`);
  };
  if (format === undefined && weights !== undefined && isPrototxt(weights)) {
    throw new UsageError(`${who}: the .prototxt of a Caffe network comes first, then the .caffemodel`);
  }
  if (format !== "caffe") refuse(weights, "a file with weights", "Caffe");
  if (format !== "caffe") refuse(ties, "ties", "Caffe");
  if (format !== "tflite") refuse(numerics, "numerics", "TFLite");
  if (format !== "onnx") refuse(dims, "dims", "ONNX");
  if (format === "tflite") {
    refuse(layout, "layout", "ONNX and Caffe");
    return {
      format,
      warnings: [],
      ...importTfliteWithDecisions(bytes, { ...common, ...(numerics && { numerics }) }),
    };
  }
  if (format === "onnx") {
    const onnx = { ...common, ...(dims && { dims }), ...(layout && { layout }), ...(readExternal && { readExternal }) };
    return { format, decisions: [], warnings: [], ...importOnnxWithNotes(bytes, onnx) };
  }
  if (format === "caffe") {
    if (weights === undefined) {
      throw new UsageError(`${who}: this is a Caffe network; its weights are another file, the .caffemodel`);
    }
    const caffe = {
      ...common,
      ...(layout && { layout }),
      ...(ties && { ties }),
      ...(weightsName !== undefined && { weightsName }),
    };
    return { format, decisions: [], ...importCaffeWithNotes(bytes, weights, caffe) };
  }
  const hint = isCaffemodel(bytes) ? "; if it is a .caffemodel, it is read together with its .prototxt" : "";
  throw new QbinFormatError("unknown-format", `${who}: this is no TFLite, ONNX or Caffe model${hint}`);
}
