import { QbinError } from "../index.js";
import { readBeside, readModelFile } from "../node.js";
import { importModel, type ModelData, prepare, readQbin, verifyDigest } from "../toolchain.js";

/** A model as a graph, from any format there is, and the bytes it came from. */
export interface GraphFile {
  readonly graph: ModelData;
  readonly bytes: Uint8Array;
}

/** Reads a `.tflite`, `.onnx` or `.qbin`, ready to be quantized; what is wrong with it is said with its path in front. */
export async function readGraph(path: string): Promise<GraphFile> {
  const bytes = await readModelFile(path);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "QBIN") {
    const { model } = importModel(bytes, { name: path, readExternal: readBeside(path) });
    return { graph: prepare(model), bytes };
  }
  try {
    await verifyDigest(bytes);
    return { graph: readQbin(bytes), bytes };
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    throw new QbinError(error.code, `${path}: ${error.message}`);
  }
}
