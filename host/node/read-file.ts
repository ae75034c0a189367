import { type FileHandle, open } from "node:fs/promises";
import { EnvironmentError, type QbinError } from "../core/errors.js";
import { onFile } from "./file-error.js";

/** Beyond this no engine gives us one array, and no model fits into Wasm's memory. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/**
 * Bytes of a model file, for `load` or `importTflite`.
 *
 * @throws EnvironmentError that starts with the path when the file cannot be read or has 2 GiB or more
 */
export function readModelFile(path: string): Promise<Uint8Array> {
  return readAtMost(path, MAX_MODEL_BYTES, (bytes) => {
    return new EnvironmentError("file", `${path}: the file has ${bytes} bytes; a model has less than 2 GiB`);
  });
}

/**
 * All bytes of a file that has at most `limit`. A longer one is refused before it is read; a pipe, which does not
 * know its length, as soon as it has given more. `tooLong` makes the error from the length in words.
 */
export async function readAtMost(
  path: string,
  limit: number,
  tooLong: (bytes: string) => QbinError,
): Promise<Uint8Array> {
  const file = await onFile(path, () => open(path, "r"));
  try {
    const status = await onFile(path, () => file.stat());
    if (status.isCharacterDevice() || status.isBlockDevice()) {
      throw new EnvironmentError("file", `${path}: this is a device, not a file`);
    }
    if (status.isFile() && status.size > limit) throw tooLong(`${status.size}`);
    const bytes = await onFile(path, () => readUpTo(file, status.isFile() ? status.size : 65536, limit + 1));
    if (bytes.length > limit) throw tooLong(`more than ${limit}`);
    return bytes;
  } finally {
    await file.close();
  }
}

/** The first `limit` bytes of a file, or all it has. */
export async function readStart(path: string, limit: number): Promise<Uint8Array> {
  const file = await onFile(path, () => open(path, "r"));
  try {
    return await onFile(path, () => readUpTo(file, limit, limit));
  } finally {
    await file.close();
  }
}

/** Reads to the end or to `end` bytes. `expected` sizes the first array, so that a plain file is read in one piece. */
async function readUpTo(file: FileHandle, expected: number, end: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(Math.min(Math.max(expected + 1, 4096), end));
  let length = 0;
  while (length < end) {
    if (length === bytes.length) {
      const longer = new Uint8Array(Math.min(2 * length, end));
      longer.set(bytes);
      bytes = longer;
    }
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
