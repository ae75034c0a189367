import { stat } from "node:fs/promises";
import { UsageError } from "../../core/errors.js";
import { onFile } from "../file-error.js";
import { openImageFolder } from "./image-folder.js";
import { openNpy, openNpz } from "./numpy.js";
import { openRecords } from "./record-file.js";
import { type DatasetInput, parseRecordFormat, plainRecords } from "./record-format.js";

/** One input of a model with its class, if that is known; what `quantize` and `evaluate` take. */
export interface DatasetSample {
  readonly inputs: Readonly<Record<string, ArrayLike<number>>>;
  readonly label?: number;
  readonly name?: string;
}

/** Samples that can be gone through any number of times; none is kept. */
export interface Dataset {
  readonly total: number;
  samples(): AsyncIterable<DatasetSample>;
}

/** What a data set is for. */
export interface DatasetOptions {
  /** The model's inputs; a model's `inputs` are these. */
  readonly inputs: readonly DatasetInput[];
  /** Class names: folders of an image folder with these names are these classes. */
  readonly labels?: readonly string[];
  /** What a record of a raw file is: "label:u8,image:u8". Without it the inputs' real values in float32. */
  readonly record?: string;
  /** Only the first so many samples. */
  readonly limit?: number;
}

/**
 * Opens samples on disk: a folder of images, `.npy`, `.npz`, or a file of raw records.
 *
 * @throws UsageError, ShapeError, EnvironmentError that start with the path
 */
export async function openDataset(path: string, options: DatasetOptions): Promise<Dataset> {
  const dataset = await openWhole(path, options);
  const { limit } = options;
  if (limit === undefined || limit >= dataset.total) return dataset;
  return { total: limit, samples: () => firstOf(dataset, limit) };
}

async function openWhole(path: string, { inputs, labels = [], record }: DatasetOptions): Promise<Dataset> {
  const isFolder = (await onFile(path, () => stat(path))).isDirectory();
  const isRaw = !isFolder && !/\.np[yz]$/i.test(path);
  if (!isRaw && record !== undefined) {
    throw new UsageError(
      `${path}: a record format is for raw files; ${isFolder ? "this is a folder" : "NumPy files say what they hold"}`,
    );
  }
  if (isFolder) return openImageFolder(path, inputs, labels);
  if (isRaw) return openRecords(path, record === undefined ? plainRecords(inputs) : parseRecordFormat(record, inputs));
  return /z$/i.test(path) ? openNpz(path, inputs) : openNpy(path, inputs);
}

async function* firstOf({ samples }: Dataset, limit: number): AsyncGenerator<DatasetSample> {
  let left = limit;
  for await (const sample of samples()) {
    yield sample;
    if (--left === 0) return;
  }
}
