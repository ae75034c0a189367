import type { Command } from "commander";
import { type Model, UsageError } from "../index.js";
import { readTensorFile, writeTensorFiles } from "../node.js";
import { plural } from "./format.js";
import { openModel } from "./open-model.js";
import {
  jsonOption,
  maxMemoryOption,
  moduleOption,
  type RuntimeOptions,
  threadsOption,
  wholeNumber,
} from "./options.js";
import { report } from "./print.js";
import { runJson, runLines } from "./run-report.js";
import { detectTerminal } from "./terminal.js";
import { timeRuns } from "./timing.js";

interface RunOptions extends RuntimeOptions {
  readonly output?: string;
  readonly repeat?: number;
  readonly top?: number;
  readonly json?: true;
}

/** `run`: input files in, one inference, its outputs to files or to the terminal. `self` is how the user starts it. */
export function defineRun(command: Command, self: string): Command {
  return command
    .description("Run a model on input files and show or store its outputs.")
    .argument("<model>", "a .qbin file")
    .argument("<inputs...>", "one file per model input, in order: raw elements (.bin) or NumPy (.npy)")
    .option("-o, --output <file>", "store the output; several go to out.0.bin, out.1.bin; .npy works too")
    .addOption(moduleOption())
    .addOption(threadsOption())
    .option("--repeat <count>", "run this often and show the median time", wholeNumber("--repeat"))
    .option("--top <count>", "show this many classes (default: 5)", wholeNumber("--top"))
    .addOption(maxMemoryOption())
    .addOption(jsonOption())
    .addHelpText("after", () => examples(self))
    .action(run);
}

function examples(self: string): string {
  return `
Raw files hold one tensor each, little-endian, C order, in the model's own type.

Examples:
  $ ${self} examples/digits/digits.qbin examples/digits/input.bin
  $ ${self} examples/digits/digits.qbin examples/digits/input.bin --repeat 1000 --top 3
  $ ${self} examples/digits/digits.qbin examples/digits/input.bin -o scores.npy --json`;
}

async function run(path: string, inputs: readonly string[], options: RunOptions): Promise<void> {
  const { model } = await openModel(path, options);
  await readInputs(model, path, inputs);
  const times = timeRuns(() => model.run(), options.repeat ?? 1);
  const files = await storeOutputs(model, options.output);
  const result = { model, times, files, top: options.top ?? 5, isRepeated: options.repeat !== undefined };
  report(
    options.json,
    () => runJson(result),
    () => runLines(result, detectTerminal()),
  );
}

async function readInputs(model: Model, path: string, files: readonly string[]): Promise<void> {
  if (files.length !== model.inputs.length) {
    const takes = model.inputs.map(({ name, dtype, shape }) => `"${name}" ${dtype} [${shape}]`).join(", ");
    throw new UsageError(`${path} takes ${plural(model.inputs.length, "input file")}, not ${files.length}: ${takes}`);
  }
  for (const [i, file] of files.entries()) {
    const { data } = model.input(i);
    const values = await readTensorFile(file, model.inputs[i]!);
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
  }
}

/** Stores all outputs or none; returns the name of each output's file, in order. */
async function storeOutputs(model: Model, path: string | undefined): Promise<readonly string[]> {
  if (path === undefined) return [];
  const files = model.outputs.map((_, i) => ({
    path: model.outputs.length === 1 ? path : numbered(path, i),
    tensor: model.output(i),
  }));
  await writeTensorFiles(files);
  return files.map((file) => file.path);
}

/** "out.bin" → "out.0.bin"; a name without an extension gets the number at its end. */
function numbered(path: string, i: number): string {
  const dot = /\.[^./\\]+$/.exec(path);
  return dot && dot.index > 0 ? `${path.slice(0, dot.index)}.${i}${dot[0]}` : `${path}.${i}`;
}
