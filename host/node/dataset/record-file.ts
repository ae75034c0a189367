import { open } from "node:fs/promises";
import { ShapeError } from "../../core/errors.js";
import { onFile } from "../file-error.js";
import type { Dataset, DatasetSample } from "./dataset.js";
import { type RecordFormat, readField } from "./record-format.js";

/** Bytes read at a time: many small records, or one large. */
const CHUNK_BYTES = 1 << 20;

/**
 * Records of a file from `start` on, read as they are asked for: memory does not depend on their number.
 *
 * @throws ShapeError when the rest of the file is no whole number of records
 */
export async function openRecords(path: string, format: RecordFormat, start = 0): Promise<Dataset> {
  const { byteLength } = format;
  const size =
    (await onFile(path, async () => {
      const file = await open(path, "r");
      const status = await file.stat().finally(() => file.close());
      return status.size;
    })) - start;
  if (size === 0 || size % byteLength !== 0) {
    const parts = format.fields.map(({ role, input, type, count }) => {
      return `${role === "input" ? `"${input}"` : role} ${count === 1 ? "" : `${count} `}${type}`;
    });
    throw new ShapeError(
      `${path}: ${size} bytes of data are no whole number of records of ${byteLength} bytes (${parts.join(", ")}); state what a record is with --record`,
    );
  }
  const total = size / byteLength;
  return { total, samples: () => readRecords(path, format, start, total) };
}

async function* readRecords(
  path: string,
  format: RecordFormat,
  start: number,
  total: number,
): AsyncGenerator<DatasetSample> {
  const { byteLength } = format;
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / byteLength));
  const file = await onFile(path, () => open(path, "r"));
  try {
    for (let first = 0; first < total; first += perChunk) {
      const count = Math.min(perChunk, total - first);
      const bytes = new Uint8Array(count * byteLength);
      const { bytesRead } = await onFile(path, () => file.read(bytes, 0, bytes.length, start + first * byteLength));
      if (bytesRead !== bytes.length) throw new ShapeError(`${path}: the file became shorter while it was read`);
      for (let i = 0; i < count; i++) yield sampleOf(bytes, i * byteLength, format);
    }
  } finally {
    await file.close();
  }
}

function sampleOf(bytes: Uint8Array, start: number, { fields }: RecordFormat): DatasetSample {
  const inputs: Record<string, ArrayLike<number>> = {};
  let label: number | undefined;
  for (const field of fields) {
    if (field.role === "label") label = readField(bytes, start, field)[0] as number;
    if (field.role === "input") inputs[field.input] = readField(bytes, start, field);
  }
  return label === undefined ? { inputs } : { inputs, label };
}
