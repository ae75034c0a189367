import type { Command } from "commander";
import { load, UsageError } from "../index.js";
import { type Evaluation, evaluate, writeQbin } from "../toolchain.js";
import { addDataOptions, type DataOptions, openData } from "./data-options.js";
import { formatReal, formatShare, plural, printable } from "./format.js";
import {
  jsonOption,
  loadOptions,
  maxMemoryOption,
  moduleOption,
  nameList,
  type RuntimeOptions,
  wholeNumber,
} from "./options.js";
import { report } from "./print.js";
import { startProgress } from "./progress.js";
import { readGraph } from "./read-graph.js";
import { formatFacts } from "./table.js";
import { detectTerminal } from "./terminal.js";

const METRICS = ["top1", "topk", "agreement", "mse"] as const;
type Metric = (typeof METRICS)[number];

interface CommandOptions extends RuntimeOptions, DataOptions {
  readonly data: string;
  readonly metric?: readonly string[];
  readonly reference?: string;
  readonly top?: number;
  readonly json?: true;
}

/** `evaluate`: how often a model is right, and how far it is from another. */
export function defineEvaluate(command: Command, self: string): Command {
  return addDataOptions(
    command
      .description("Measure a model's accuracy on samples.")
      .argument("<model>", "a .qbin, .tflite or .onnx file, or a .prototxt with its weights beside it")
      .requiredOption("--data <path>", "samples: a folder of images, .npy, .npz, or raw records"),
  )
    .option("--metric <names>", "top1, topk, agreement, mse, with commas between (default: top1)", nameList("--metric"))
    .option("--reference <model>", "the float model, for agreement and mse")
    .option("--top <count>", "classes that count for topk (default: 5)", wholeNumber("--top"))
    .addOption(moduleOption())
    .addOption(maxMemoryOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  $ ${self} examples/digits/digits.qbin --data examples/digits/test.bin --record label:u8,image:u8
  $ ${self} examples/digits/digits.qbin --data examples/digits/test.bin --record label:u8,image:u8 --metric top1,topk --top 3 --json`,
    )
    .action(run);
}

async function run(path: string, options: CommandOptions): Promise<void> {
  const metrics = (options.metric ?? ["top1"]).map(metricOf);
  const { reference: referencePath, top } = options;
  if (referencePath === undefined && metrics.some((metric) => metric === "agreement" || metric === "mse")) {
    throw new UsageError("--metric agreement and mse compare with another model; name it with --reference");
  }
  const { graph, bytes } = await readGraph(path);
  const dataset = await openData(options.data, graph, options);
  const model = await load(writeQbin(graph), loadOptions(options));
  const reference =
    referencePath === undefined ? undefined : await openReference(referencePath, graph.preprocessing, options);
  const bar = startProgress("evaluating");
  let result: Evaluation;
  try {
    result = await evaluate(model, dataset.samples(), {
      total: dataset.total,
      onProgress: bar.show,
      ...(reference && { reference }),
      ...(top !== undefined && { k: top }),
    });
  } finally {
    bar.end();
  }
  const measured = metrics.map((metric) => [metric, resultOf(result, metric, options.data)] as const);
  report(
    options.json,
    () => ({ model: path, bytes: bytes.byteLength, samples: result.samples, ...Object.fromEntries(measured) }),
    () => [
      `${detectTerminal().style.bold(printable(path))} on ${plural(result.samples, "sample")}`,
      ...formatFacts(
        measured.map(([metric, value]) => [
          title(metric, result),
          metric === "mse" ? formatReal(value) : formatPercent(value),
        ]),
      ),
    ],
  );
}

/** The float model gets the pictures as the quantized one does, where it does not say itself how it wants them. */
async function openReference(
  path: string,
  preprocessing: Awaited<ReturnType<typeof readGraph>>["graph"]["preprocessing"],
  options: CommandOptions,
) {
  const { graph } = await readGraph(path);
  const own = graph.preprocessing.map((entry, i) => entry ?? preprocessing[i]);
  return load(writeQbin({ ...graph, preprocessing: own }), loadOptions(options));
}

function metricOf(name: string): Metric {
  const metric = METRICS.find((one) => one === name);
  if (metric === undefined) throw new UsageError(`--metric "${name}": must be of ${METRICS.join(", ")}`);
  return metric;
}

function resultOf(result: Evaluation, metric: Metric, data: string): number {
  const value = { top1: result.top1, topk: result.topK, agreement: result.agreement, mse: result.meanSquaredError }[
    metric
  ];
  if (value === undefined)
    throw new UsageError(`${data}: --metric ${metric} needs a label for every sample; there are none`);
  return value;
}

function title(metric: Metric, { k }: Evaluation): string {
  return metric === "topk" ? `top ${k}` : metric;
}

/** Two decimals, because that is how accuracy is compared. */
function formatPercent(share: number): string {
  return share === 1 ? formatShare(share) : `${(100 * share).toFixed(2)} %`;
}
