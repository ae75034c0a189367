import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { QbinError, UsageError } from "../index.js";
import { readLabelsFile, writeFileAtomically } from "../node.js";
import {
  type Calibration,
  calibrationFromJson,
  calibrationToJson,
  type LayerMode,
  type ModelData,
  type ModeName,
  type QuantizeOptions,
  type QuantizeResult,
  quantize,
  quantizeToBudget,
  quantizeToSize,
  type RecipeResult,
  type SizeBudgetResult,
  writeQbin,
} from "../toolchain.js";
import { addDataOptions, type DataOptions, openData } from "./data-options.js";
import { addMetadata } from "./metadata.js";
import { addMetadataOptions, type StoredOptions } from "./metadata-options.js";
import { byteCount, jsonOption, positiveNumber, wholeNumber } from "./options.js";
import { report } from "./print.js";
import { startProgress } from "./progress.js";
import { quantizeJson, quantizeLines } from "./quantize-report.js";
import { readGraph } from "./read-graph.js";
import { detectTerminal } from "./terminal.js";

interface CommandOptions extends StoredOptions, DataOptions {
  readonly output: string;
  readonly mode?: ModeName;
  readonly layer?: readonly LayerMode[];
  readonly calibration?: string;
  readonly calibrationState?: string;
  readonly minSamples?: number;
  readonly calibrator?: NonNullable<QuantizeOptions["calibrator"]>;
  readonly percentile?: number;
  readonly weights?: NonNullable<QuantizeOptions["weights"]>;
  readonly weightBits?: number;
  readonly group?: number;
  readonly weightClip?: NonNullable<QuantizeOptions["weightClip"]>;
  readonly recipe?: string;
  readonly validation?: string;
  readonly maxLoss?: number;
  readonly sizeBudget?: number;
  readonly equalize?: true;
  readonly correctBias?: boolean;
  readonly rounding?: NonNullable<QuantizeOptions["rounding"]>;
  readonly activations?: NonNullable<QuantizeOptions["activations"]>;
  readonly interface?: NonNullable<QuantizeOptions["interface"]>;
  readonly numerics?: NonNullable<QuantizeOptions["numerics"]>;
  readonly json?: true;
}

type AnyResult = QuantizeResult | RecipeResult | SizeBudgetResult;

/** A state is written again after so many samples, so that little is lost when a long calibration is cut off. */
const SAVE_EVERY = 100;

/** `quantize`: a float model and samples in, an int8 `.qbin` out, and a report of every node that is not int8. */
export function defineQuantize(command: Command, self: string): Command {
  const described = addDataOptions(
    command
      .description("Quantize a float model: to int8 by default, or one of the other modes.")
      .argument("<model>", "a float model: .tflite, .onnx, .prototxt or .qbin")
      .argument("[weights]", "the .caffemodel of a .prototxt (default: that of the same name)")
      .requiredOption("-o, --output <file>", "the .qbin file to write")
      .option(
        "--mode <mode>",
        "static-int8, power-of-two, int16, dynamic-range, weight-only, codebook, float16 or float32 (default: static-int8)",
      )
      .option("--layer <pattern=mode>", "another mode for layers with such names; may be repeated", layerModes)
      .option("--calibration <path>", "samples: a folder of images, .npy, .npz, or raw records")
      .option("--calibration-state <file>", "keep what calibration found in this file, and go on from there"),
  )
    .option("--min-samples <count>", "fewest samples to calibrate with (default: 10)", wholeNumber("--min-samples"))
    .option("--calibrator <name>", "min-max, moving-average, percentile, entropy or mse (default: min-max)")
    .option(
      "--percentile <percent>",
      "share that must not saturate (default: 99.99)",
      positiveNumber("--percentile", 100),
    )
    .option("--weights <scales>", "per-channel or per-tensor (default: per-channel)")
    .option("--weight-bits <bits>", "bits of a weight, 2 to 8 (default: 8)", wholeNumber("--weight-bits", 8))
    .option("--group <count>", "weights that share a scale in 4 bits (default: 32)", wholeNumber("--group"))
    .option("--weight-clip <how>", "largest weight that is exact: max or mse (default: max)")
    .option("--equalize", "scale channels between layers so that their weights have like ranges")
    .option("--correct-bias", "shift biases by what rounding the weights did to the mean (default: if per-tensor)")
    .option("--no-correct-bias", "leave biases as they are")
    .option("--rounding <how>", "nearest, or adaptive to what it does to the outputs (default: nearest)")
    .option("--recipe <name>", "auto: tries the above, then layers in float32, until the loss is small enough")
    .option("--validation <path>", "samples for --recipe to measure with, in the form of --calibration")
    .option(
      "--max-loss <points>",
      "most that --recipe may lose, in percentage points (default: 1)",
      positiveNumber("--max-loss", 100),
    )
    .option(
      "--size-budget <size>",
      "most bytes of the output, 60KiB or 61440: layers are stored in fewer bits until it fits, by measured sensitivity",
      byteCount("--size-budget"),
    )
    .option("--activations <kind>", "asymmetric or symmetric (default: asymmetric)")
    .option("--interface <type>", "type of inputs and outputs: int8 or float32 (default: int8)")
    .option("--numerics <profile>", "whose arithmetic: xnnpack or tflite (default: xnnpack)");
  return addMetadataOptions(described)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  $ ${self} examples/digits/digits_float.tflite -o digits.qbin --calibration examples/digits/calibration.bin --record label:u8,image:u8 --scale 0.0625
  $ ${self} examples/digits/digits_float.tflite -o digits.qbin --calibration examples/digits/calibration.bin --record label:u8,image:u8 --scale 0.0625 --calibrator entropy --layer CONV_2D_0=float32`,
    )
    .action(run);
}

async function run(path: string, weights: string | undefined, options: CommandOptions): Promise<void> {
  const { output, labels } = options;
  if ([path, weights ?? path].some((input) => resolve(input) === resolve(output)))
    throw new UsageError(`${output}: the output would replace the input`);
  const source = await readGraph(path, weights);
  const names = labels === undefined ? {} : { labels: { path: labels, names: await readLabelsFile(labels) } };
  const { mean, scale, channelOrder } = options;
  const picture = {
    ...(mean && { mean }),
    ...(scale && { scale }),
    ...(channelOrder !== undefined && { channelOrder }),
  };
  const float = addMetadata(source.graph, { ...picture, ...names });
  const started = performance.now();
  const result = await quantizeWithSamples(float, options);
  const milliseconds = performance.now() - started;
  const bytes = writeQbin(result.graph);
  await writeFileAtomically(output, bytes);
  const done = { path, output, source, bytes, milliseconds, ...result };
  report(
    options.json,
    () => quantizeJson(done),
    () => quantizeLines(done, detectTerminal()),
  );
}

function quantizeOptions(options: CommandOptions): QuantizeOptions {
  const { mode, layer, calibrator, percentile, weights, weightBits, weightClip, activations, numerics } = options;
  return {
    ...(mode && { mode }),
    ...(layer && { layers: layer }),
    ...(calibrator && { calibrator }),
    ...(percentile && { percentile }),
    ...(weights && { weights }),
    ...(weightBits && { weightBits }),
    ...(options.group && { group: options.group }),
    ...(weightClip && { weightClip }),
    ...(options.equalize && { equalize: true }),
    ...(options.correctBias !== undefined && { correctBias: options.correctBias }),
    ...(options.rounding && { rounding: options.rounding }),
    ...(activations && { activations }),
    ...(options.interface && { interface: options.interface }),
    ...(numerics && { numerics }),
  };
}

/** Quantizes on the samples given, from the state there is, and keeps the state. */
async function quantizeWithSamples(graph: ModelData, options: CommandOptions): Promise<AnyResult> {
  const { calibration: data, calibrationState: file, minSamples } = options;
  const state = file !== undefined && existsSync(file) ? await readState(file) : undefined;
  const given = quantizeOptions(options);
  if (data === undefined && (options.sizeBudget !== undefined || options.recipe !== undefined)) {
    throw new UsageError("a budget needs samples to measure with; name some with --calibration");
  }
  if (data === undefined) return quantize(graph, { ...given, ...(state && { calibration: state }) });
  const dataset = await openData(data, graph, options);
  const bar = startProgress("calibrating");
  let saving = Promise.resolve();
  const save = (calibration: Calibration) => {
    if (file === undefined) return saving;
    const bytes = new TextEncoder().encode(`${JSON.stringify(calibrationToJson(calibration))}\n`);
    saving = saving.then(() => writeFileAtomically(file, bytes));
    return saving;
  };
  try {
    const all: QuantizeOptions = {
      ...given,
      samples: () => dataset.samples(),
      total: dataset.total,
      ...(state && { resume: state }),
      ...(minSamples && { minSamples }),
      onProgress(progress, calibration) {
        bar.show(progress);
        // What fails is said when the last one is awaited.
        if (progress.done % SAVE_EVERY === 0) save(calibration).catch(() => {});
      },
    };
    const result = await quantizeSomehow(graph, options, all);
    if (result.calibration) await save(result.calibration);
    return result;
  } finally {
    bar.end();
  }
}

/** As asked, or as a budget of accuracy or of size demands. */
function quantizeSomehow(graph: ModelData, options: CommandOptions, all: QuantizeOptions): Promise<AnyResult> {
  const { recipe, sizeBudget } = options;
  if (recipe !== undefined && sizeBudget !== undefined) {
    throw new UsageError("--recipe and --size-budget are two budgets, and only one can be held; choose one of them");
  }
  if (recipe === undefined && (options.validation !== undefined || options.maxLoss !== undefined)) {
    throw new UsageError("--validation and --max-loss are for --recipe auto; add that, or leave them out");
  }
  if (recipe !== undefined) return followRecipe(graph, options, all);
  return sizeBudget === undefined ? quantize(graph, all) : quantizeToSize(graph, { ...all, maxBytes: sizeBudget });
}

/** `--recipe auto`: more and more effort, until the budget holds. */
async function followRecipe(graph: ModelData, options: CommandOptions, all: QuantizeOptions): Promise<RecipeResult> {
  const { recipe, validation, maxLoss } = options;
  if (recipe !== "auto") throw new UsageError(`--recipe "${recipe}": there is only "auto"`);
  if (validation === undefined) {
    throw new UsageError("--recipe auto measures what is lost; name samples for that with --validation");
  }
  const dataset = await openData(validation, graph, {
    ...(options.record !== undefined && { record: options.record }),
  });
  return quantizeToBudget(graph, { ...all, validation: () => dataset.samples(), maxLoss: (maxLoss ?? 1) / 100 });
}

async function readState(file: string): Promise<Calibration> {
  try {
    return calibrationFromJson(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof QbinError) throw new QbinError(error.code, `${file}: ${error.message}`);
    throw new UsageError(`${file}: this is no calibration of qbin's; it cannot be read as JSON`);
  }
}

/** Collects "pattern=mode". */
function layerModes(text: string, earlier: readonly LayerMode[] = []): LayerMode[] {
  const at = text.lastIndexOf("=");
  if (at <= 0) throw new UsageError(`--layer "${text}": must be a pattern and a mode, "conv_*=float32"`);
  return [...earlier, { match: text.slice(0, at), mode: text.slice(at + 1) as ModeName }];
}
