import { EnvironmentError, load, type Model, QbinError, QbinFormatError } from "../index.js";
import { readModelFile } from "../node.js";
import { formatOf } from "../toolchain.js";
import { qbinCommand } from "./main.js";
import { loadOptions, type RuntimeOptions } from "./options.js";
import { caffemodelOf } from "./source-files.js";

const KINDS = { tflite: "a TensorFlow Lite", onnx: "an ONNX", caffe: "a Caffe" } as const;

export interface OpenedModel {
  readonly model: Model;
  readonly bytes: Uint8Array;
}

/** Reads and loads a `.qbin`. What is wrong with the file is said with its path in front. */
export async function openModel(path: string, options: RuntimeOptions): Promise<OpenedModel> {
  const bytes = await readModelFile(path);
  const format = formatOf(bytes);
  if (format !== undefined) {
    const target = `${path.replace(/\.(tflite|lite|onnx|prototxt)$/i, "")}.qbin`;
    const files = format === "caffe" ? [path, caffemodelOf(path)] : [path];
    const command = `${qbinCommand()} convert ${files.map(shellWord).join(" ")} -o ${shellWord(target)}`;
    const kind = KINDS[format];
    throw new QbinFormatError(format, `${path}: this is ${kind} model; convert it first: ${command}`);
  }
  try {
    return { model: await load(bytes, loadOptions(options)), bytes };
  } catch (error) {
    throw blameFile(path, error);
  }
}

/** What the engine lacks is not the file's fault; everything else is. */
function blameFile(path: string, error: unknown): unknown {
  if (!(error instanceof QbinError)) return error;
  if (error instanceof EnvironmentError && error.code.startsWith("no-")) return error;
  return new QbinError(error.code, `${path}: ${error.message}`);
}

/** `text` so that a shell reads it as one word. */
function shellWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
