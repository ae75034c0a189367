import { QbinError, QbinFormatError } from "../index.js";
import { readModelFile } from "../node.js";
import { importTflite, type ModelData, readQbin, verifyDigest } from "../toolchain.js";

/** A model as a graph, from any format there is, and the bytes it came from. */
export interface GraphFile {
  readonly graph: ModelData;
  readonly bytes: Uint8Array;
}

/** Reads a `.tflite` or a `.qbin`; what is wrong with it is said with its path in front. */
export async function readGraph(path: string): Promise<GraphFile> {
  const bytes = await readModelFile(path);
  const magic = (start: number) => String.fromCharCode(...bytes.subarray(start, start + 4));
  if (magic(4) === "TFL3") return { graph: importTflite(bytes, { name: path }), bytes };
  if (magic(0) !== "QBIN") throw new QbinFormatError("format", `${path}: this is neither a .tflite nor a .qbin file`);
  try {
    await verifyDigest(bytes);
    return { graph: readQbin(bytes), bytes };
  } catch (error) {
    if (!(error instanceof QbinError)) throw error;
    throw new QbinError(error.code, `${path}: ${error.message}`);
  }
}
