import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { UsageError } from "../index.js";
import { readBeside, readLabelsFile, writeFileAtomically } from "../node.js";
import { importModel, prepare, TFLITE_NUMERICS, type TfliteNumerics, writeQbin } from "../toolchain.js";
import { convertJson, convertLines } from "./convert-report.js";
import { addMetadata, type Metadata } from "./metadata.js";
import { addMetadataOptions, type StoredOptions } from "./metadata-options.js";
import { collectDim, collectShape, jsonOption, nameList } from "./options.js";
import { report } from "./print.js";
import { readSource, sourceOptions } from "./source-files.js";
import { detectTerminal } from "./terminal.js";

interface ConvertOptions extends StoredOptions {
  readonly output: string;
  readonly numerics?: TfliteNumerics;
  readonly outputs?: readonly string[];
  readonly dim?: Readonly<Record<string, number>>;
  readonly shape?: Readonly<Record<string, readonly number[]>>;
  readonly layout?: "file" | "nhwc";
  readonly ties?: "even" | "away";
  readonly name?: string;
  readonly description?: string;
  readonly explain?: true;
  readonly json?: true;
}

/** `convert`: a foreign model file in, a `.qbin` out, and a summary of what became of it. */
export function defineConvert(command: Command, self: string): Command {
  const described = command
    .description("Convert a TensorFlow Lite, ONNX or Caffe model to .qbin.")
    .argument("<model>", "a .tflite file, a .onnx file, or a .prototxt")
    .argument("[weights]", "the .caffemodel of a .prototxt (default: that of the same name)")
    .requiredOption("-o, --output <file>", "the .qbin file to write")
    .addOption(
      new Option(
        "--numerics <profile>",
        "TFLite: whose bits: LiteRT's, its reference kernels' or TFLite Micro's (default: xnnpack, which is LiteRT's)",
      ).choices(TFLITE_NUMERICS),
    )
    .option("--outputs <names>", "cut the model so that it computes these tensors: a,b", nameList("--outputs"))
    .option("--dim <name=size>", "ONNX: size of a symbolic dimension: batch=1; can be repeated", collectDim)
    .option("--shape <name=sizes>", "whole shape of an input: image=1,3,224,224; can be repeated", collectShape)
    .addOption(
      new Option("--layout <order>", "ONNX, Caffe: axes of inputs and outputs of rank 4 (default: file)").choices([
        "file",
        "nhwc",
      ]),
    )
    .addOption(
      new Option("--ties <how>", "Caffe: ties of Ristretto's layers, as on its GPU or CPU (default: even)").choices([
        "even",
        "away",
      ]),
    )
    .option("--name <name>", "name to store (default: that of the file)")
    .option("--description <text>", "description to store (default: the one in the file)")
    .option("--explain", "for each layer what it runs in and why, and what becomes of the input");
  return addMetadataOptions(described)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  $ ${self} examples/digits/digits.tflite -o digits.qbin
  $ ${self} examples/digits/digits.tflite -o digits.qbin --explain --scale 0.0625
  $ ${self} examples/digits/digits.tflite -o digits.qbin --labels examples/digits/labels.txt --scale 0.0625`,
    )
    .action(convert);
}

async function convert(path: string, weights: string | undefined, options: ConvertOptions): Promise<void> {
  const { output, numerics, outputs, dim, shape, layout, ties } = options;
  if ([path, weights ?? path].some((input) => resolve(input) === resolve(output)))
    throw new UsageError(`${output}: the output would replace the input`);
  const source = await readSource(path, weights);
  const imported = importModel(source.bytes, {
    ...sourceOptions(source),
    readExternal: readBeside(path),
    ...(numerics && { numerics }),
    ...(outputs && { outputs }),
    ...(dim && { dims: dim }),
    ...(shape && { shapes: shape }),
    ...(layout && { layout }),
    ...(ties && { ties }),
  });
  const model = addMetadata(prepare(imported.model), await readMetadata(options));
  const bytes = writeQbin(model);
  await writeFileAtomically(output, bytes);
  const { format, decisions, notes, warnings } = imported;
  // Of a TFLite file there is a note on every operator; of others on what one would not expect.
  const exceptions = format === "tflite" ? [] : notes;
  const isExplained = options.explain === true;
  const result = { path, output, source, bytes, model, decisions, notes, exceptions, warnings, isExplained };
  report(
    options.json,
    () => convertJson(result),
    () => convertLines(result, detectTerminal()),
  );
}

async function readMetadata({ labels, ...options }: ConvertOptions): Promise<Metadata> {
  if (labels === undefined) return options;
  return { ...options, labels: { path: labels, names: await readLabelsFile(labels) } };
}
