import { QbinError } from "../index.js";
import { readBeside } from "../node.js";
import { importModel, type ModelData, prepare, readQbin, verifyDigest } from "../toolchain.js";
import { readSource, sourceOptions } from "./source-files.js";

/** A model as a graph, from any format there is, and the bytes it came from. */
export interface GraphFile {
  readonly graph: ModelData;
  readonly bytes: Uint8Array;
  /** Bytes of all of its files. */
  readonly byteLength: number;
}

/** Reads a `.tflite`, `.onnx`, `.prototxt` with its weights, or `.qbin`, ready to be quantized; what is wrong with it is said with its path in front. */
export async function readGraph(path: string, weights?: string): Promise<GraphFile> {
  const source = await readSource(path, weights);
  const { bytes, byteLength } = source;
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "QBIN") {
    const { model } = importModel(bytes, { ...sourceOptions(source), readExternal: readBeside(path) });
    return { graph: prepare(model), bytes, byteLength };
  }
  try {
    await verifyDigest(bytes);
    return { graph: readQbin(bytes), bytes, byteLength };
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    throw new QbinError(error.code, `${path}: ${error.message}`);
  }
}
