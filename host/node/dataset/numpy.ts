import { elementsOf } from "../../core/dtype.js";
import { QbinFormatError, ShapeError, UsageError } from "../../core/errors.js";
import { elementCount, formatShape, type Shape } from "../../core/shape.js";
import { MAX_NPY_HEADER_BYTES, type NpyArray, parseNpy, parseNpyHeader } from "../npy.js";
import { readAtMost, readStart } from "../read-file.js";
import type { Dataset, DatasetSample } from "./dataset.js";
import { openRecords } from "./record-file.js";
import { type DatasetInput, isFieldType, plainRecords } from "./record-format.js";
import { unzip } from "./zip.js";

/** An archive is unpacked in memory. */
const MAX_NPZ_BYTES = 2 ** 31 - 1;

/** An array whose first axis is the samples. Read as it is asked for. */
export async function openNpy(path: string, inputs: readonly DatasetInput[]): Promise<Dataset> {
  const [input] = inputs as [DatasetInput];
  if (inputs.length > 1)
    throw new UsageError(`${path}: the model has ${inputs.length} inputs; put one array for each into an .npz`);
  const { dtype, shape, byteOffset } = parseNpyHeader(await readStart(path, MAX_NPY_HEADER_BYTES), path);
  requireSamples(path, shape, input);
  if (!isFieldType(dtype)) throw new UsageError(`${path}: ${dtype} is no type of samples`);
  return openRecords(path, plainRecords(inputs, dtype), byteOffset);
}

/** One array for each input, by name, and an array "label" or "labels" where classes are known. */
export async function openNpz(path: string, inputs: readonly DatasetInput[]): Promise<Dataset> {
  const bytes = await readAtMost(
    path,
    MAX_NPZ_BYTES,
    (length) => new QbinFormatError("npz", `${path}: it has ${length} bytes; an .npz may have 2 GiB`),
  );
  const arrays = unpack(path, bytes);
  const labels = arrays.get("label") ?? arrays.get("labels");
  const others = [...arrays].filter(([name]) => name !== "label" && name !== "labels");
  const found = inputs.map((input): NpyArray => {
    const array = arrays.get(input.name) ?? (inputs.length === 1 && others.length === 1 ? others[0]?.[1] : undefined);
    if (array === undefined) {
      const names = [...arrays.keys()].map((name) => `"${name}"`).join(", ");
      throw new UsageError(`${path}: there is no array for input "${input.name}"; there are ${names}`);
    }
    requireSamples(path, array.shape, input);
    return array;
  });
  const totals = [
    ...found.map((array, i) => elementCount(array.shape) / elementCount(inputs[i]?.shape as Shape)),
    ...(labels ? [elementCount(labels.shape)] : []),
  ];
  const [total] = totals as [number];
  if (totals.some((count) => count !== total))
    throw new ShapeError(`${path}: its arrays hold ${totals.join(", ")} samples; they must be as many`);
  return { total, samples: () => readArrays(inputs, found, labels, total) };
}

async function* readArrays(
  inputs: readonly DatasetInput[],
  arrays: readonly NpyArray[],
  labels: NpyArray | undefined,
  total: number,
): AsyncGenerator<DatasetSample> {
  const values = arrays.map(({ dtype, data }) => elementsOf(dtype, data));
  const classes = labels && elementsOf(labels.dtype, labels.data);
  for (let i = 0; i < total; i++) {
    const entries = inputs.map(({ name, shape }, k) => {
      const count = elementCount(shape);
      const part = values[k]!.slice(i * count, (i + 1) * count);
      return [name, part instanceof BigInt64Array ? Float64Array.from(part, Number) : part] as const;
    });
    const sample = { inputs: Object.fromEntries(entries) };
    yield classes === undefined ? sample : { ...sample, label: Number(classes[i]) };
  }
}

function unpack(path: string, bytes: Uint8Array): Map<string, NpyArray> {
  const entries = [...unzip(bytes, path)].filter(([name]) => name.endsWith(".npy"));
  return new Map(entries.map(([name, data]) => [name.slice(0, -4), parseNpy(data, `${path}, ${name}`)]));
}

/** The array is the input's shape a whole number of times, along its first axis. */
function requireSamples(path: string, shape: Shape, { name, shape: one }: DatasetInput): void {
  const count = elementCount(shape) / elementCount(one);
  if (shape.length > 0 && count >= 1 && Number.isInteger(count) && (shape[0] as number) % count === 0) return;
  throw new ShapeError(
    `${path}: an array ${formatShape(shape)} holds no whole number of inputs "${name}" ${formatShape(one)}; its first axis must be the samples`,
  );
}
