import { type Preprocessing, UsageError } from "../index.js";
import type { ModelData } from "../toolchain.js";
import { formatShape, printable } from "./format.js";
import { isVector } from "./real-values.js";

export interface PictureOptions {
  readonly mean?: readonly number[];
  readonly scale?: readonly number[];
  readonly channelOrder?: string;
}

/** What a `.qbin` carries beside graph and weights, as far as the command line states it. */
export interface Metadata extends PictureOptions {
  readonly name?: string;
  readonly description?: string;
  readonly labels?: { readonly path: string; readonly names: readonly string[] };
}

const CHANNEL_ORDERS = ["rgb", "bgr", "gray"] as const;

/** `model` with what was given; what was not stays as it is. */
export function addMetadata(model: ModelData, metadata: Metadata): ModelData {
  const { name, description, labels } = metadata;
  if (labels) checkLabels(model, labels);
  return {
    ...model,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(labels && { labels: labels.names }),
    preprocessing: addPreprocessing(model, metadata),
  };
}

/** Labels of a classifier are one per class. Other models may have labels that no output shape tells the number of. */
function checkLabels({ tensors, outputs }: ModelData, { path, names }: NonNullable<Metadata["labels"]>): void {
  const output = tensors[outputs[0]!]!;
  if (outputs.length > 1 || !isVector(output.shape) || output.shape.at(-1) === names.length) return;
  const shape = formatShape(output.shape);
  throw new UsageError(`${path}: it has ${names.length} labels; output "${output.name}" ${shape} has other classes`);
}

/** States the preprocessing of the first input that is a picture: four axes, the last or the second of 1 or 3 channels. */
function addPreprocessing(model: ModelData, options: PictureOptions): ModelData["preprocessing"] {
  const { mean, scale, channelOrder } = options;
  if (mean === undefined && scale === undefined && channelOrder === undefined) return model.preprocessing;
  const shapes = model.inputs.map((index) => model.tensors[index]!.shape);
  const layouts = shapes.map(pictureLayout);
  const picture = layouts.findIndex((layout) => layout !== undefined);
  const layout = layouts[picture];
  if (layout === undefined) {
    throw new UsageError(
      `--mean, --scale and --channel-order are for pictures, [n,height,width,1 or 3]; inputs are ${shapes.map(formatShape).join(", ")}`,
    );
  }
  const channels = shapes[picture]![layout === "nhwc" ? 3 : 1] as number;
  // What is not given stays as the file has it.
  const known = model.preprocessing[picture];
  const preprocessing: Preprocessing = {
    mean: fitting("--mean", mean ?? known?.mean ?? [0], channels),
    scale: fitting("--scale", scale ?? known?.scale ?? [1], channels),
    channelOrder: orderOf(channelOrder ?? known?.channelOrder ?? (channels === 1 ? "gray" : "rgb"), channels),
    layout,
  };
  return model.preprocessing.map((entry, i) => (i === picture ? preprocessing : entry));
}

function pictureLayout(shape: readonly number[]): Preprocessing["layout"] | undefined {
  const isChannels = (extent: number | undefined) => extent === 1 || extent === 3;
  if (shape.length !== 4) return undefined;
  return isChannels(shape[3]) ? "nhwc" : isChannels(shape[1]) ? "nchw" : undefined;
}

function fitting(option: string, values: readonly number[], channels: number): readonly number[] {
  if (values.length === 1 || values.length === channels) return values;
  throw new UsageError(`${option}: ${values.length} values; the input takes 1 or one per channel, ${channels}`);
}

function orderOf(text: string, channels: number): Preprocessing["channelOrder"] {
  const order = CHANNEL_ORDERS.find((name) => name === text);
  if (order === undefined) {
    throw new UsageError(`--channel-order "${printable(text)}": must be one of ${CHANNEL_ORDERS.join(", ")}`);
  }
  if ((order === "gray") !== (channels === 1)) {
    throw new UsageError(
      `--channel-order ${order}: the input has ${channels === 1 ? "one channel" : "three channels"}`,
    );
  }
  return order;
}
