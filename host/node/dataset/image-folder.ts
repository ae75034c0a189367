import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, QbinFormatError, UsageError } from "../../core/errors.js";
import { formatShape } from "../../core/shape.js";
import { onFile } from "../file-error.js";
import type { Dataset, DatasetSample } from "./dataset.js";
import type { DatasetInput } from "./record-format.js";

const IMAGE = /\.(png|jpe?g|webp|gif|tiff?|avif|bmp)$/i;

interface ImageFile {
  readonly path: string;
  readonly label?: number;
}

type Sharp = typeof import("sharp")["default"];

/**
 * Images of a folder in the order of their names, scaled to cover the model's input and cut at the sides that stick out. Its
 * subfolders are classes: by name where the model has such labels, else in the order of their names.
 */
export async function openImageFolder(
  folder: string,
  inputs: readonly DatasetInput[],
  labels: readonly string[],
): Promise<Dataset> {
  const [input] = inputs as [DatasetInput];
  const [batch, height = 0, width = 0, channels] = input.shape;
  if (inputs.length !== 1 || input.shape.length !== 4 || batch !== 1 || (channels !== 1 && channels !== 3)) {
    const shapes = inputs.map(({ shape }) => formatShape(shape)).join(", ");
    throw new UsageError(
      `${folder}: images are for models with one input [1,height,width,1 or 3]; this one takes ${shapes}`,
    );
  }
  const files = await listImages(folder, labels);
  if (files.length === 0)
    throw new UsageError(`${folder}: there is no image in this folder (png, jpg, webp, gif, tiff, avif, bmp)`);
  const sharp = await loadSharp(folder);
  const size = { width, height, fit: "cover" as const };
  return { total: files.length, samples: () => readImages(sharp, files, input.name, size, channels) };
}

async function* readImages(
  sharp: Sharp,
  files: readonly ImageFile[],
  input: string,
  size: { width: number; height: number; fit: "cover" },
  channels: 1 | 3,
): AsyncGenerator<DatasetSample> {
  const space = channels === 1 ? "b-w" : "srgb";
  for (const { path, label } of files) {
    let pixels: Uint8Array;
    try {
      pixels = await sharp(path).rotate().resize(size).removeAlpha().toColourspace(space).raw().toBuffer();
    } catch (cause) {
      throw new QbinFormatError("image", `${path}: ${cause instanceof Error ? cause.message : cause}`);
    }
    const sample = { inputs: { [input]: new Uint8Array(pixels) }, name: path };
    yield label === undefined ? sample : { ...sample, label };
  }
}

async function listImages(folder: string, labels: readonly string[]): Promise<ImageFile[]> {
  const entries = await onFile(folder, () => readdir(folder, { withFileTypes: true }));
  const namesOf = (isWanted: (entry: (typeof entries)[number]) => boolean) =>
    entries
      .filter(isWanted)
      .map(({ name }) => name)
      .sort();
  const images = namesOf((entry) => !entry.isDirectory() && IMAGE.test(entry.name));
  const classes = namesOf((entry) => entry.isDirectory());
  if (images.length > 0 || classes.length === 0) return images.map((name) => ({ path: join(folder, name) }));
  const files: ImageFile[] = [];
  for (const [i, name] of classes.entries()) {
    const label = labels.length > 0 ? labels.indexOf(name) : i;
    if (label < 0)
      throw new UsageError(
        `${join(folder, name)}: the model has no label "${name}"; folders must be named as its labels`,
      );
    const path = join(folder, name);
    const inside = await onFile(path, () => readdir(path));
    for (const image of inside.filter((file) => IMAGE.test(file)).sort())
      files.push({ path: join(path, image), label });
  }
  return files;
}

async function loadSharp(folder: string): Promise<Sharp> {
  try {
    return (await import("sharp")).default;
  } catch {
    throw new EnvironmentError(
      "no-sharp",
      `${folder}: reading images needs the package sharp; install it: npm install sharp`,
    );
  }
}
