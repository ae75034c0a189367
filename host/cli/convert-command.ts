import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { UsageError } from "../index.js";
import { readBeside, readLabelsFile, readModelFile, writeFileAtomically } from "../node.js";
import { importModel, prepare, TFLITE_NUMERICS, type TfliteNumerics, writeQbin } from "../toolchain.js";
import { convertJson, convertLines } from "./convert-report.js";
import { addMetadata, type Metadata, type PictureOptions } from "./metadata.js";
import { collectDim, collectShape, jsonOption, nameList, numberList } from "./options.js";
import { report } from "./print.js";
import { detectTerminal } from "./terminal.js";

interface ConvertOptions extends PictureOptions {
  readonly output: string;
  readonly numerics?: TfliteNumerics;
  readonly outputs?: readonly string[];
  readonly dim?: Readonly<Record<string, number>>;
  readonly shape?: Readonly<Record<string, readonly number[]>>;
  readonly layout?: "file" | "nhwc";
  readonly labels?: string;
  readonly name?: string;
  readonly description?: string;
  readonly explain?: true;
  readonly json?: true;
}

/** `convert`: a foreign model file in, a `.qbin` out, and a summary of what became of it. */
export function defineConvert(command: Command, self: string): Command {
  return command
    .description("Convert a TensorFlow Lite or ONNX model to .qbin.")
    .argument("<model>", "a .tflite file, or a .onnx file that computes in float")
    .requiredOption("-o, --output <file>", "the .qbin file to write")
    .addOption(
      new Option(
        "--numerics <profile>",
        "TFLite: whose bits: LiteRT's, its reference kernels' or TFLite Micro's (default: xnnpack, which is LiteRT's)",
      ).choices(TFLITE_NUMERICS),
    )
    .option("--outputs <names>", "cut the model so that it computes these tensors: a,b", nameList("--outputs"))
    .option("--dim <name=size>", "ONNX: size of a symbolic dimension: batch=1; can be repeated", collectDim)
    .option("--shape <name=sizes>", "whole shape of a dynamic input: image=1,3,224,224; can be repeated", collectShape)
    .addOption(
      new Option("--layout <order>", "ONNX: axes of inputs and outputs of rank 4 (default: file)").choices([
        "file",
        "nhwc",
      ]),
    )
    .option("--labels <file>", "class names to store, one a line in output order")
    .option("--name <name>", "name to store (default: that of the file)")
    .option("--description <text>", "description to store (default: the one in the file)")
    .option("--mean <values>", "pixel mean to store, one or one per channel: 127.5", numberList("--mean"))
    .option("--scale <values>", "pixel scale to store: real = (pixel - mean) * scale", numberList("--scale"))
    .option("--channel-order <order>", "order of the input's channels to store: rgb, bgr or gray")
    .option("--explain", "for each layer what it runs in and why, and what becomes of the input")
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

async function convert(path: string, options: ConvertOptions): Promise<void> {
  const { output, numerics, outputs, dim, shape, layout } = options;
  if (resolve(path) === resolve(output)) throw new UsageError(`${output}: the output would replace the input`);
  const source = await readModelFile(path);
  const imported = importModel(source, {
    name: path,
    readExternal: readBeside(path),
    ...(numerics && { numerics }),
    ...(outputs && { outputs }),
    ...(dim && { dims: dim }),
    ...(shape && { shapes: shape }),
    ...(layout && { layout }),
  });
  const model = addMetadata(prepare(imported.model), await readMetadata(options));
  const bytes = writeQbin(model);
  await writeFileAtomically(output, bytes);
  const { decisions, notes } = imported;
  const result = { path, output, source, bytes, model, decisions, notes, isExplained: options.explain === true };
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
